"""BG/NBD fit and 12-month CLV of a file by the Python package Lifetimes: what they cost and come to, a name and a number a line."""

import sys
import time

import pandas
from lifetimes import BetaGeoFitter, GammaGammaFitter

buyers = pandas.read_csv(sys.argv[1])
repeaters = buyers[buyers.x > 0]
amounts = GammaGammaFitter(penalizer_coef=0.0).fit(repeaters.x, repeaters.m)

start = time.process_time()
model = BetaGeoFitter(penalizer_coef=0.0).fit(buyers.x, buyers.t_x, buyers["T"])
print("fit", time.process_time() - start)

start = time.process_time()
values = amounts.customer_lifetime_value(
    model, buyers.x, buyers.t_x, buyers["T"], buyers.m, time=12, freq="W", discount_rate=0.01
)
print("values", time.process_time() - start)
for name in ["r", "alpha", "a", "b"]:
    print(name, model.params_[name])
print("total", values.sum())
