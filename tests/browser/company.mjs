// The company that the journeys happen in.
import { anybody, signIn } from './api.mjs';

const password = 'eine lange Losung 7';
/** The first administrator. */
export const admin = { name: '林晓', email: 'lin.xiao@example.com', password };
/** What the organization is when it is set up. */
export const organization = { name: '云岭贸易', currency: 'CNY', zone: 'Asia/Shanghai', language: 'zh-CN', country: 'CN' };

const names = [
    '苏州云岭精密仪器有限公司', '宁波海晟物流有限公司', '蓝桥咖啡连锁', '合肥智焊机器人股份有限公司', 'Hanse Feinmechanik GmbH', '青岛百味食品有限公司',
    '广州明德医疗器械有限公司', '杭州竹语文创', '厦门远帆贸易', '成都锦里餐饮管理有限公司', '东莞锐电电子厂', '西安秦岭旅行社', '无锡湖光酒店', '济南泉城教育科技',
];
const trades = ['制造业', '物流', '餐饮', '机器人', '精密工程', '食品', '医疗器械', '文创'];
const cities = ['苏州', '宁波', '上海', '合肥', '汉堡', '青岛', '广州', '杭州', '厦门', '成都', '东莞', '西安', '无锡', '济南'];

/** Sets the server up unless that was done already, and fills it: people, teams, tags, customers, contacts. */
export async function company(server) {
    const call = anybody(server);
    if ((await call('GET', 'setup')).open) {
        const { token } = server;
        await call('POST', 'setup', { body: { token, organization, ...admin } });
    }
    const api = await signIn(server, admin);
    const [east, south] = await api.createAll('teams', [{ name: '华东' }, { name: '华南' }]);
    const roles = Object.fromEntries((await api.get('roles?limit=50')).data.map((role) => [role.name, role]));
    const person = async (name, email, role, team_ids) => {
        const user = await api.post('users', { name, email, role_id: roles[role].id, team_ids, active: true, language: 'zh-CN' });
        return { ...user, password: await firstPassword(api, call, user) };
    };
    const people = {
        admin: { ...admin, ...(await api.get('me')).user },
        seller: await person('王立群', 'wang@example.com', '销售', [east.id]),
        other: await person('陈默', 'chen@example.com', '销售', [south.id]),
        reader: await person('何雪', 'he@example.com', '只读', []),
    };
    const tags = await api.createAll('tags', [{ name: '重点', colour: 'green' }, { name: '展会', colour: 'blue' }, { name: '逾期', colour: 'orange' }]);
    const owners = [people.seller, people.other, people.admin];
    const customers = await api.createAll('customers', names.map((name, at) => ({
        name,
        owner_id: owners[at % 3].id,
        roles: at % 4 ? ['end_buyer'] : ['end_buyer', 'partner'],
        tag_ids: at % 3 ? [] : [tags[at % 2].id],
        industry: trades[at % trades.length],
        employees: 40 + at * 31,
        relationship_type: ['transactional', 'preferred_supplier', 'partnership'][at % 3],
        addresses: [{ kind: 'office', street: `人民路 ${at + 1} 号`, city: cities[at], country: at === 4 ? '德国' : '中国' }],
        identifiers: [{ kind: 'phone', value: `0512-6606${1000 + at}` }],
        credit_limit: { amount: String(100000 + at * 25000), currency: 'CNY' },
        note: at ? undefined : '每周五下午送货，先打电话。',
    })));
    const contacts = await api.createAll('contacts', [
        { name: '王立新', positions: [{ customer_id: customers[0].id, title: '总经理', buying_role: 'decision_maker' }], identifiers: [{ kind: 'mobile', value: '138 0000 6621' }], contact_type: 'rational' },
        { name: 'Inga Petersen', positions: [{ customer_id: customers[4].id, title: '采购主管', buying_role: 'decision_maker' }], identifiers: [{ kind: 'email', value: 'petersen@example.com' }] },
    ]);
    const [category] = await api.createAll('product-categories', [{ name: '检测仪器' }]);
    const products = await api.createAll('products', [
        { name: '便携式硬度计', category_id: category.id, unit: '台', prices: [{ amount: { amount: '4680', currency: 'CNY' } }], cost: { amount: '2950', currency: 'CNY' } },
        { name: '校准服务', unit: '次', prices: [{ amount: { amount: '300', currency: 'CNY' } }], cost: { amount: '420', currency: 'CNY' } },
    ]);
    const purchases = await bought(api, customers, products, people);
    return { api, category, products, purchases, people, roles, teams: { east, south }, tags, customers, contacts };
}

/** What was bought: something paid, something overdue, something in another currency; some of the first is given back. */
async function bought(api, customers, [gauge, calibration], { seller, other }) {
    const [rate] = await api.createAll('exchange-rates', [{ currency: 'USD', since: '2020-01-01', rate: '7.1234' }]);
    const sale = (at, purchased_on, lines, more) => ({ customer_id: customers[at].id, purchased_on, seller_id: at % 2 ? other.id : seller.id, lines, ...more });
    const [paid, overdue, foreign] = await api.createAll('purchases', [
        sale(0, '2026-01-12', [
            { product_id: gauge.id, quantity: '3', price: '4680', discount: '0.05' },
            { product_id: calibration.id, description: '上门', quantity: '3', price: '300' },
        ], { freight: '60', payments: [{ on: '2026-02-02', amount: '14298', note: '电汇' }], due_on: '2026-02-11' }),
        sale(1, '2025-11-03', [{ description: '旧设备回收', quantity: '1', amount: '1250.50' }], { due_on: '2025-12-03' }),
        sale(4, '2026-02-20', [{ product_id: gauge.id, quantity: '2', price: '655.25' }], { currency: 'USD' }),
    ]);
    const { lines: [line] } = await api.get(`purchases/${paid.id}`);
    const [back] = await api.createAll('purchases', [
        sale(0, '2026-02-05', [{ product_id: gauge.id, quantity: '-1', price: '4680', discount: '0.05', reverses: line.id }], { reverses_id: paid.id }),
    ]);
    return { rate, paid, overdue, foreign, back };
}

/** A user chooses a password by the link that an administrator hands over. */
async function firstPassword(api, call, { id }) {
    const { token } = await api.post(`users/${id}/password-reset`, {});
    await call('POST', 'auth/password-reset', { body: { token, new_password: password } });
    return password;
}
