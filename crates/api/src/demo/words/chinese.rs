//! 云岭茶业: tea for hotels, restaurants, offices and shops.

use perennial_domain::contact::BuyingRole;
use perennial_domain::tag::TagColour;

use super::{City, Employee, Trade, Words, names};

const fn city(
    name: &'static str,
    region: &'static str,
    postal: &'static str,
    dial: &'static str,
    team: usize,
) -> City {
    City {
        name,
        region,
        postal,
        dial,
        team,
    }
}

const fn employee(
    name: &'static str,
    email: &'static str,
    title: &'static str,
    team: usize,
) -> Employee {
    Employee {
        name,
        email,
        title,
        team,
    }
}

const GREEN: (&str, &str, i64) = ("龙井（一级）", "公斤", 4);
const RED: (&str, &str, i64) = ("滇红工夫", "公斤", 5);
const RIPE: (&str, &str, i64) = ("普洱熟茶", "饼", 12);
const JASMINE: (&str, &str, i64) = ("茉莉花茶", "公斤", 8);
const BAGS: (&str, &str, i64) = ("袋泡茶", "盒", 30);
const BASE: (&str, &str, i64) = ("奶茶茶底", "公斤", 25);
const GIFTS: (&str, &str, i64) = ("定制礼盒", "盒", 20);

const TRADES: &[Trade] = &[
    Trade {
        industry: "酒店",
        endings: &["大酒店有限公司", "酒店管理有限公司", "度假酒店"],
        resells: false,
        employees: (40, 600),
        goods: &[BAGS, GREEN, RED],
    },
    Trade {
        industry: "餐饮",
        endings: &["餐饮管理有限公司", "饮食有限公司", "酒楼"],
        resells: false,
        employees: (15, 300),
        goods: &[JASMINE, RIPE, RED],
    },
    Trade {
        industry: "茶叶零售",
        endings: &["茶庄", "茶叶商行", "茶业有限公司"],
        resells: true,
        employees: (3, 40),
        goods: &[RIPE, GREEN, GIFTS],
    },
    Trade {
        industry: "茶饮连锁",
        endings: &["茶饮有限公司", "饮品有限公司"],
        resells: false,
        employees: (20, 400),
        goods: &[BASE, JASMINE],
    },
    Trade {
        industry: "商贸",
        endings: &["商贸有限公司", "贸易有限公司"],
        resells: true,
        employees: (5, 80),
        goods: &[GIFTS, BAGS],
    },
    Trade {
        industry: "超市",
        endings: &["超市有限公司", "连锁超市有限公司"],
        resells: true,
        employees: (30, 900),
        goods: &[BAGS, JASMINE],
    },
    Trade {
        industry: "信息技术",
        endings: &["科技有限公司", "网络科技有限公司", "软件有限公司"],
        resells: false,
        employees: (20, 800),
        goods: &[BAGS, GIFTS],
    },
    Trade {
        industry: "物业",
        endings: &["物业服务有限公司"],
        resells: false,
        employees: (50, 500),
        goods: &[BAGS],
    },
    Trade {
        industry: "会展",
        endings: &["会展服务有限公司", "文化传播有限公司"],
        resells: false,
        employees: (8, 90),
        goods: &[GIFTS, BAGS],
    },
    Trade {
        industry: "制造",
        endings: &["机械有限公司", "电器有限公司", "纺织有限公司"],
        resells: false,
        employees: (60, 2_000),
        goods: &[BAGS, GIFTS],
    },
    Trade {
        industry: "医疗",
        endings: &["口腔门诊部", "健康管理有限公司"],
        resells: false,
        employees: (10, 120),
        goods: &[BAGS, GREEN],
    },
    Trade {
        industry: "法律服务",
        endings: &["律师事务所"],
        resells: false,
        employees: (8, 150),
        goods: &[GREEN, GIFTS],
    },
];

pub(super) const WORDS: Words = Words {
    name: "云岭茶业",
    currency: "CNY",
    zone: "Asia/Shanghai",
    ahead: 8,
    country_code: "CN",
    country: "中国",
    money: 7,
    employees: [
        employee("林雨桐", "demo", "总经理", 2),
        employee("周明远", "zhou.mingyuan", "销售总监", 2),
        employee("陈思琪", "chen.siqi", "客户经理", 0),
        employee("刘浩然", "liu.haoran", "客户经理", 0),
        employee("王梓涵", "wang.zihan", "高级客户经理", 1),
    ],
    teams: ["华东组", "华南组", "销售部"],
    tags: &[
        ("重点客户", TagColour::Red),
        ("礼品采购", TagColour::Orange),
        ("老客户介绍", TagColour::Green),
        ("样品已寄", TagColour::Blue),
        ("待回访", TagColour::Purple),
        ("价格敏感", TagColour::Grey),
    ],
    shelves: &[
        (
            "绿茶",
            &[
                ("西湖龙井 250 克", "罐", "298", "165"),
                ("碧螺春 250 克", "罐", "268", "150"),
                ("黄山毛峰 500 克", "袋", "236", "128"),
            ],
        ),
        (
            "红茶",
            &[
                ("祁门红茶 250 克", "罐", "218", "118"),
                ("正山小种 250 克", "罐", "246", "139"),
                ("早餐红茶包 100 片", "盒", "88", "41.50"),
            ],
        ),
        (
            "乌龙茶",
            &[
                ("安溪铁观音 250 克", "罐", "228", "126"),
                ("凤凰单丛 250 克", "罐", "318", "192"),
            ],
        ),
        (
            "花茶",
            &[
                ("茉莉花茶 500 克", "袋", "158", "79"),
                ("菊花茶 250 克", "袋", "68", "68"),
            ],
        ),
        (
            "礼盒",
            &[
                ("中秋礼盒", "盒", "588", "312"),
                ("样品套装", "套", "49", "62"),
            ],
        ),
    ],
    cities: &[
        city("上海", "上海市", "2000", "021", 0),
        city("杭州", "浙江省", "3100", "0571", 0),
        city("苏州", "江苏省", "2150", "0512", 0),
        city("南京", "江苏省", "2100", "025", 0),
        city("宁波", "浙江省", "3150", "0574", 0),
        city("无锡", "江苏省", "2140", "0510", 0),
        city("广州", "广东省", "5100", "020", 1),
        city("深圳", "广东省", "5180", "0755", 1),
        city("佛山", "广东省", "5280", "0757", 1),
        city("厦门", "福建省", "3610", "0592", 1),
        city("长沙", "湖南省", "4100", "0731", 1),
        city("昆明", "云南省", "6500", "0871", 1),
    ],
    streets: &[
        "人民路",
        "中山路",
        "解放路",
        "延安路",
        "建设大道",
        "湖滨路",
        "文化路",
        "和平街",
        "新华路",
        "环城东路",
        "江滨大道",
        "学府路",
        "工业园一路",
        "滨海大道",
    ],
    brands: names::CHINESE_BRANDS,
    trades: TRADES,
    branches: &["城东店", "滨江店", "火车站店", "高新店", "老街店", "机场店"],
    family: names::CHINESE_FAMILY,
    given: names::CHINESE_GIVEN,
    titles: &[
        ("采购经理", BuyingRole::DecisionMaker),
        ("总经理", BuyingRole::DecisionMaker),
        ("行政主管", BuyingRole::Influencer),
        ("店长", BuyingRole::User),
        ("餐饮总监", BuyingRole::Influencer),
        ("财务主管", BuyingRole::Payer),
        ("总经理助理", BuyingRole::Gatekeeper),
        ("采购专员", BuyingRole::User),
        ("前台主管", BuyingRole::Gatekeeper),
        ("厨师长", BuyingRole::User),
        ("合伙人", BuyingRole::DecisionMaker),
        ("会计", BuyingRole::Payer),
    ],
    likes: &[
        "只要当年新茶，包装要简洁。",
        "喜欢清香型，不要浓焙火。",
        "会议用茶要独立小包装。",
        "每次到货前一天电话通知仓库。",
        "不接受周一上午送货。",
        "礼盒上要印公司标志。",
        "偏好有机认证的茶叶。",
        "看重批次稳定，换批次要先寄样。",
    ],
    tastes: &[
        "爱喝普洱熟茶，常和朋友分享。",
        "喜欢龙井，只买明前茶。",
        "不喝红茶。",
        "对价格很敏感，喜欢赠品。",
        "常买来送长辈，注重包装。",
        "喜欢微信联系，不爱接电话。",
        "收藏老白茶。",
    ],
    notes: &[
        "去年春茶季抱怨过一次到货晚，已道歉并补发样品，之后订单稳定。",
        "每年九月前后集中采购中秋礼盒，七月就要报价。",
        "老板是云南人，懂茶，谈话从产地谈起。",
        "正在比较三家供应商，最在意账期。",
        "新店开业，量还小，但扩张很快。",
        "由老客户介绍，第一次拜访印象很好。",
        "仓库面积小，宁可少量多次送货。",
        "付款一向准时，可适当放宽额度。",
        "竞争对手报价低一成，但对其品质不满意。",
        "预算每年一月重新审批。",
    ],
    remarks: &[
        "说话直接，先讲价格再讲品质。",
        "下午三点以后最容易联系上。",
        "孩子刚上小学，聊起来很高兴。",
        "重视书面报价，不要口头承诺。",
        "爱爬山，周末常不在城里。",
        "刚从别家公司过来，对我们还不熟。",
    ],
    influences: &[
        "行业协会里常推荐我们的茶",
        "同一位老板的朋友，采购前会问他的意见",
        "店里的客人喝过后找上门来",
        "写过介绍我们产品的文章",
    ],
    switching: [
        &[
            "重新试茶和报批要两个月",
            "门店菜单要全部重印",
            "仓库系统要重新对接",
        ],
        &[
            "剩余定制包装要报废",
            "会失去年度返利",
            "要重新付样品和检测费用",
        ],
        &["茶艺培训由我们的老师长期负责", "双方老板相识多年"],
    ],
    plans: &[
        "明年为门店提供免费茶艺培训，并按季度返利。",
        "共用库存看板，低于安全库存自动补货。",
        "为其定制两款专属拼配，配方只供他们。",
        "邀请参加春茶产地行，认识我们的茶农。",
    ],
    occasions: ["公司成立", "年度合同续签", "生日"],
    consents: &["展会登记表", "电话确认", "合同附件", "网站表单"],
    occupations: &[
        "教师",
        "医生",
        "工程师",
        "个体经营者",
        "设计师",
        "公务员",
        "退休",
    ],
    households: &["夫妻二人，一个孩子", "三代同住，六口人", "单身", "夫妻二人"],
    incomes: &["年收入 10–20 万", "年收入 20–40 万", "年收入 40 万以上"],
    others: [
        &[
            ("勐海南糯山茶叶合作社", "nannuo"),
            ("西湖龙坞茶场", "longwu"),
            ("福鼎白琳茶厂", "bailin"),
            ("景德镇青瓷包装有限公司", "qingci"),
        ],
        &[
            ("大江茶叶集团", "dajiang"),
            ("叶家兄弟茶行", "yejia"),
            ("绿野袋泡茶有限公司", "lvye"),
        ],
        &[
            ("快帆冷链物流有限公司", "kuaifan"),
            ("一叶设计工作室", "yiye"),
            ("和合茶艺培训学校", "hehe"),
        ],
        &[("城东区市场监督管理所", "market")],
        &[("《茶与城》杂志", "teacity"), ("南方食味公众号", "shiwei")],
    ],
    company: |city, brand, ending| format!("{city}{brand}{ending}"),
    person: |family, given| format!("{family}{given}"),
    street: |street, number| format!("{street}{number}号"),
    phone: |dial, number| format!("{dial}-5555 {number:04}"),
    mobile: |_, number| format!("199 0000 {number:04}"),
};
