DROP TABLE purchase_lines;
DROP TABLE purchases;
DROP TABLE exchange_rates;
