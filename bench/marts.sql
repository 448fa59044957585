-- The marts of payment days, of recognition days and of settlement, from the raw tables, as one script
-- for DuckDB and nothing else: what `make bench PART=build` holds the models against. Whoever
-- wrote it knew the models, so it is no second reading of the policy (tests/reference is one): it is the
-- same policy in what DuckDB alone offers: row ids, arg_max, distinct on, group by all, lateral aliases,
-- positions packed into one number.
-- The caller sets `as_of` (a timestamp with zone) and time zone UTC. Schema `marts` must not exist.
-- Not in here: the ledger's marts (restatements, settling), which compare builds and of a first build
-- hold nothing, and reconciliation by order and the bridge.

-- ---------------------------------------------------------------- words

create temp macro kst(t) as case
    when suffix(t, 'Z') or suffix(t, 'z') or contains(t[12:], '+') or contains(t[12:], '-')
        then (try_cast(t as timestamptz) at time zone 'UTC') + interval 9 hour
    else try_cast(t as timestamp)
end;
create temp macro floor_div(a, b) as (a - ((a % b) + b) % b) // b;
create temp macro share(amount, part, whole) as if(
    part = whole,
    amount,
    floor_div(2 * amount::hugeint * part + whole, 2 * whole::hugeint)::bigint
);
create temp macro live(amount, net, bought) as if(net <= 0, 0, share(amount, net, bought));
create temp macro place(reading, request) as reading * 1000000 + request;
create temp macro spot(reading, request, line) as (reading * 1000000 + request) * 1000000 + line;
create temp macro now_kst() as
    (getvariable('as_of')::timestamptz at time zone 'UTC') + interval 9 hour;
create temp macro today() as now_kst()::date;

create temp table loads as
select load_id from coupang_raw._dlt_loads where status = 0;

create temp table accounts as
select
    vendor_id,
    max_by(account_name, reading_id) as account_name,
    nullif(max_by(coalesce(account_group, ''), reading_id), '') as account_group,
    max_by(is_linked, reading_id) as is_linked,
    max_by(start_date, reading_id)::date as start_date,
    nullif(max_by(coalesce(key_expires_on, ''), reading_id), '')::date as key_expires_on,
    nullif(max_by(coalesce(last_error, ''), reading_id), '') as last_error
from coupang_raw.accounts
where _dlt_load_id in (from loads)
group by all;

create temp table readings as
select distinct on (vendor_id, reading_id)
    vendor_id,
    reading_id,
    listing,
    window_from::date as window_from,
    window_to::date as window_to,
    covered_from::date as covered_from,
    covered_to::date as covered_to,
    as_of::timestamptz at time zone 'UTC' as as_of_utc,
    as_of_utc + interval 9 hour as as_of_kst
from coupang_raw.read_log
where is_whole and _dlt_load_id in (from loads);

-- ---------------------------------------------------------------- sheets

create temp table boxes as
with newest as (
    select
        vendor_id,
        shipment_box_id,
        arg_max(rowid, spot(reading_id, request_no, row_no)) as picked,
        min(place(reading_id, request_no)) as first_seen,
        max(place(reading_id, request_no)) as last_seen,
        max(reading_id) as last_reading
    from coupang_raw.order_sheets
    where _dlt_load_id in (from loads)
    group by all
),
dated as (
    select
        sheets.vendor_id,
        sheets.shipment_box_id,
        sheets.order_id,
        sheets.reading_id,
        spot(sheets.reading_id, sheets.request_no, sheets.row_no) as spot,
        first_seen,
        last_seen,
        last_reading,
        kst(sheets.ordered_at) as ordered_kst,
        coalesce(kst(sheets.paid_at), ordered_kst) as paid_kst,
        least(ordered_kst, paid_kst)::date as first_day,
        greatest(ordered_kst, paid_kst)::date as last_day,
        coalesce(shipping_price_currency, 'KRW') <> 'KRW' as is_shipping_foreign,
        coalesce(remote_price_currency, 'KRW') <> 'KRW' as is_remote_foreign,
        if(is_shipping_foreign, 0, coalesce(shipping_price, 0))
            + if(is_remote_foreign, 0, coalesce(remote_price, 0)) as shipping,
        coalesce(is_shipping_foreign and shipping_price <> 0, false)
            or coalesce(is_remote_foreign and remote_price <> 0, false) as has_foreign_shipping
    from coupang_raw.order_sheets as sheets
    inner join newest on sheets.rowid = newest.picked
),
looked as (
    select spans.*, max(readings.reading_id) as reading
    from (select distinct vendor_id, first_day, last_day from dated) as spans
    inner join readings
        on readings.vendor_id = spans.vendor_id
        and window_from <= first_day
        and window_to >= last_day
        and listing = 'order_sheets'
    group by all
)
select dated.* exclude (ordered_kst), coalesce(looked.reading > last_reading, false) as is_vanished
from dated
left join looked using (vendor_id, first_day, last_day);

create temp table lines as
with places as (
    select vendor_id, spot, shipment_box_id, order_id, is_vanished, first_seen, last_seen from boxes
),
-- each line of a sheet's newest showing once, however often its load was copied
picked as (
    select
        min(lines.rowid) as picked,
        any_value(places.is_vanished) as is_vanished,
        any_value(places.first_seen) as first_seen,
        any_value(places.last_seen) as last_seen
    from coupang_raw.order_sheet_items as lines
    inner join places
        on lines.vendor_id = places.vendor_id
        and spot(lines.reading_id, lines.request_no, lines.row_no) = places.spot
    where lines._dlt_load_id in (from loads)
    group by lines.vendor_id, places.spot, lines.line_no
)
select
    vendor_id,
    order_id,
    shipment_box_id,
    vendor_item_id,
    line_no,
    is_vanished,
    first_seen,
    last_seen,
    coalesce(order_price_currency, 'KRW') as order_currency,
    coalesce(sales_price_currency, 'KRW') as sales_currency,
    case
        when order_price is not null then order_currency <> 'KRW'
        when sales_price is not null then sales_currency <> 'KRW'
        else order_currency <> 'KRW' or sales_currency <> 'KRW'
    end as is_foreign,
    if(shipping_count >= 0, shipping_count, null) as told_quantity,
    if(sales_currency = order_currency, sales_price * shipping_count, null) as unit_price_amount,
    coalesce(order_price, sales_price * shipping_count) as told_amount,
    if(is_foreign, 0, coalesce(told_quantity, 0)) as bought,
    if(bought = 0, 0, coalesce(told_amount, 0)) as amount,
    if(is_foreign, 0, greatest(coalesce(cancel_count, 0), 0)) as sheet_cancelled,
    if(bought = 0 or instant_coupon_discount_currency <> 'KRW', 0,
        coalesce(instant_coupon_discount, 0)) as instant,
    if(bought = 0 or downloadable_coupon_discount_currency <> 'KRW', 0,
        coalesce(downloadable_coupon_discount, 0)) as downloadable,
    if(bought = 0 or coupang_discount_currency <> 'KRW', 0,
        coalesce(coupang_discount, 0)) as coupang,
    not is_foreign and coalesce(told_quantity > 0 and order_price <> unit_price_amount, false)
        as is_differing,
    not is_foreign
        and (told_quantity is null or told_amount is null or (told_quantity = 0 and told_amount <> 0))
        as is_without_amount,
    coalesce(seller_product_name, vendor_item_name) as product_name,
    coalesce(seller_product_item_name, vendor_item_name) as item_name,
    seller_product_id,
    external_vendor_sku_code as seller_sku
from coupang_raw.order_sheet_items as lines
inner join picked on lines.rowid = picked.picked;

create temp table box_items as
select
    vendor_id,
    order_id,
    shipment_box_id,
    vendor_item_id,
    any_value(is_vanished) as is_vanished,
    any_value(first_seen) as first_seen,
    any_value(last_seen) as last_seen,
    sum(bought)::bigint as bought,
    sum(amount)::bigint as amount,
    sum(sheet_cancelled)::bigint as sheet_cancelled,
    sum(instant)::bigint as instant,
    sum(downloadable)::bigint as downloadable,
    sum(coupang)::bigint as coupang,
    not bool_and(is_foreign) as has_krw,
    max(product_name) as product_name,
    max(item_name) as item_name,
    max(seller_product_id) as seller_product_id,
    max(seller_sku) as seller_sku,
    false as is_moved_out,
    false as is_moved_into
from lines
group by all;

-- P13: only an order with a vanished box can have moved
create temp table moves as
with suspects as (
    select vendor_id, order_id, shipment_box_id, vendor_item_id, is_vanished, first_seen, last_seen
    from box_items
    where (vendor_id, order_id) in (select (vendor_id, order_id) from boxes where is_vanished)
),
gone as (
    select
        *,
        is_vanished and max(first_seen) over item > last_seen as is_out
    from suspects
    window item as (partition by vendor_id, order_id, vendor_item_id)
),
come as (
    select
        *,
        coalesce(first_seen > min(last_seen) filter (where is_out) over item, false) as is_into
    from gone
    window item as (partition by vendor_id, order_id, vendor_item_id)
)
from come
where is_out or is_into;

update box_items
set is_moved_out = is_out, is_moved_into = is_into
from moves
where box_items.vendor_id = moves.vendor_id
and box_items.shipment_box_id = moves.shipment_box_id
and box_items.vendor_item_id = moves.vendor_item_id;

create temp table superseded as
select distinct vendor_id, shipment_box_id from moves where is_out;

-- ---------------------------------------------------------------- confirmed sales

create temp table sale_rows as
with days as (
    select days.vendor_id, days.recognition_date, max(readings.reading_id) as reading_id
    from (
        select distinct vendor_id, recognition_date
        from coupang_raw.confirmed_sales
        where _dlt_load_id in (from loads)
    ) as days
    inner join readings
        on readings.vendor_id = days.vendor_id
        and listing = 'confirmed_sales'
        and days.recognition_date::date between window_from and window_to
    group by all
),
picked as (
    select min(sales.rowid) as picked
    from coupang_raw.confirmed_sales as sales
    inner join days using (vendor_id, recognition_date, reading_id)
    where _dlt_load_id in (from loads)
    group by vendor_id, spot(reading_id, request_no, row_no)
)
select
    vendor_id,
    reading_id,
    request_no,
    row_no,
    spot(reading_id, request_no, row_no) as spot,
    nullif(order_id, '0') as order_id,
    sale_type,
    try_cast(sale_date as date) as sale_date,
    recognition_date::date as recognition_date,
    try_cast(settlement_date as date) as settlement_date,
    try_cast(final_settlement_date as date) as final_settlement_date,
    coalesce(delivery_fee_amount, 0) as fee,
    coalesce(delivery_fee_fee, 0) as fee_fee,
    coalesce(delivery_fee_fee_vat, 0) as fee_fee_vat,
    coalesce(delivery_fee_settlement_amount, 0) as fee_settlement
from coupang_raw.confirmed_sales as sales
inner join picked on sales.rowid = picked.picked;

create temp table sale_lines as
with picked as (
    select min(items.rowid) as picked, any_value(sale_rows.rowid) as of_row
    from coupang_raw.confirmed_sale_items as items
    inner join sale_rows
        on items.vendor_id = sale_rows.vendor_id
        and spot(items.reading_id, items.request_no, items.row_no) = sale_rows.spot
    where items._dlt_load_id in (from loads)
    group by sale_rows.rowid, items.line_no
)
select
    items.vendor_id,
    sale_rows.order_id,
    items.vendor_item_id,
    sale_rows.sale_type,
    sale_rows.sale_date,
    sale_rows.recognition_date,
    sale_rows.settlement_date,
    sale_rows.final_settlement_date,
    sale_rows.spot,
    items.request_no,
    items.row_no,
    items.line_no,
    case sale_rows.sale_type when 'SALE' then 1 when 'REFUND' then -1 else 0 end as sign,
    quantity,
    sale_price,
    coalesce(seller_discount_coupon, 0) as instant,
    coalesce(downloadable_coupon, 0) as downloadable,
    coalesce(coupang_discount_coupon, 0) as coupang,
    coalesce(service_fee, 0) as service_fee,
    coalesce(service_fee_vat, 0) as service_fee_vat,
    coalesce(settlement_amount, 0) as settlement,
    product_name,
    vendor_item_name,
    external_seller_sku_code as seller_sku
from coupang_raw.confirmed_sale_items as items
inner join picked on items.rowid = picked.picked
inner join sale_rows on sale_rows.rowid = picked.of_row;

-- P7
create temp table sold as
select
    vendor_id,
    order_id,
    vendor_item_id,
    coalesce(sum(quantity) filter (where sign = 1), 0)::bigint as sale_units,
    coalesce(sum(quantity) filter (where sign = -1), 0)::bigint as refund_units,
    coalesce(sum(sale_price) filter (where sign = 1), 0)::bigint as sale_price,
    coalesce(sum(instant) filter (where sign = 1), 0)::bigint as sale_instant,
    coalesce(sum(instant) filter (where sign = -1), 0)::bigint as refund_instant,
    coalesce(sum(downloadable) filter (where sign = 1), 0)::bigint as sale_downloadable,
    coalesce(sum(downloadable) filter (where sign = -1), 0)::bigint as refund_downloadable,
    coalesce(sum(coupang) filter (where sign = 1), 0)::bigint as sale_coupang,
    coalesce(sum(coupang) filter (where sign = -1), 0)::bigint as refund_coupang,
    min(recognition_date) filter (where sign = 1) as first_sold_on,
    max(recognition_date) filter (where sign = 1) as last_sold_on,
    max(recognition_date) filter (where sign = -1) as last_refunded_on,
    min(sale_date) filter (where sign = -1) as first_refund_date,
    coalesce(bool_or(sale_price is null) filter (where sign = 1), false) as lacks_price,
    max(product_name) as product_name,
    max(vendor_item_name) as item_name,
    max(seller_sku) as seller_sku
from sale_lines
where order_id is not null and vendor_item_id is not null and sign <> 0 and quantity > 0
group by all;

-- ---------------------------------------------------------------- orders (P1, P9, P14, P15)

create temp table orders as
with listed as (
    select
        vendor_id,
        order_id,
        min(paid_kst) filter (where superseded.shipment_box_id is null) as paid_kst
    from boxes
    left join superseded using (vendor_id, shipment_box_id)
    group by all
),
foreign_orders as (
    select vendor_id, order_id
    from box_items
    where not is_moved_out
    group by all
    having not bool_or(has_krw)
),
fees as (
    select
        vendor_id,
        order_id,
        min(sale_date) as sale_date,
        sum(fee)::bigint as fee
    from sale_rows
    where order_id is not null and (vendor_id, spot) in (
        select (vendor_id, spot) from sale_lines
        where sign = 1 and quantity > 0 and vendor_item_id is not null
    )
    group by all
)
select
    vendor_id,
    order_id,
    listed.order_id is null as is_from_history,
    listed.paid_kst,
    if(is_from_history, fees.sale_date, listed.paid_kst::date) as payment_date,
    if(is_from_history, fees.fee, 0) as history_fee,
    foreign_orders.order_id is not null as is_all_foreign,
    payment_date < accounts.start_date as is_before_start,
    coalesce(listed.paid_kst > now_kst(), payment_date > today()) as is_later,
    not is_all_foreign and not is_before_start and not is_later as is_in_marts,
    accounts.account_name
from listed
full join fees using (vendor_id, order_id)
inner join accounts using (vendor_id)
left join foreign_orders using (vendor_id, order_id);

-- ---------------------------------------------------------------- items as bought (P2, P9, P13)

create temp table foreign_items as
select vendor_id, order_id, vendor_item_id
from box_items
group by all
having not bool_or(has_krw and not is_moved_out);

create temp table bought as
with listed as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        false as is_from_history,
        coalesce(sum(bought) filter (where not is_moved_out), 0)::bigint as bought,
        coalesce(sum(amount) filter (where not is_moved_out), 0)::bigint as amount,
        coalesce(sum(instant) filter (where not is_moved_out), 0)::bigint as instant,
        coalesce(sum(downloadable) filter (where not is_moved_out), 0)::bigint as downloadable,
        coalesce(sum(coupang) filter (where not is_moved_out), 0)::bigint as coupang,
        coalesce(sum(bought) filter (where is_moved_out and not is_moved_into), 0)::bigint
            as moved_out,
        coalesce(sum(bought) filter (where is_moved_into and not is_moved_out), 0)::bigint
            as moved_into,
        max(product_name) as product_name,
        max(item_name) as item_name,
        max(seller_product_id) as seller_product_id,
        max(seller_sku) as seller_sku
    from box_items
    group by all
),
items as (
    from listed
    union all by name
    select
        vendor_id,
        order_id,
        vendor_item_id,
        true as is_from_history,
        sale_units as bought,
        sale_price as amount,
        0 as instant,
        0 as downloadable,
        0 as coupang,
        0 as moved_out,
        0 as moved_into,
        product_name,
        item_name,
        seller_sku
    from sold
    anti join listed using (vendor_id, order_id, vendor_item_id)
    where sale_units > 0
)
select
    items.*,
    orders.account_name,
    orders.payment_date,
    coalesce(sold.sale_units, 0) as sale_units,
    coalesce(sold.refund_units, 0) as refund_units,
    coalesce(sold.sale_instant, 0) as sale_instant,
    coalesce(sold.refund_instant, 0) as refund_instant,
    coalesce(sold.sale_downloadable, 0) as sale_downloadable,
    coalesce(sold.refund_downloadable, 0) as refund_downloadable,
    coalesce(sold.sale_coupang, 0) as sale_coupang,
    coalesce(sold.refund_coupang, 0) as refund_coupang,
    sold.first_sold_on,
    sold.last_sold_on,
    sold.last_refunded_on,
    coalesce(sold.lacks_price, false) as lacks_price
from items
inner join (from orders where is_in_marts) as orders using (vendor_id, order_id)
left join sold using (vendor_id, order_id, vendor_item_id)
anti join foreign_items using (vendor_id, order_id, vendor_item_id);

-- ---------------------------------------------------------------- receipts (P4)

create temp table receipts as
with newest as (
    select vendor_id, receipt_id, arg_max(rowid, spot(reading_id, request_no, row_no)) as picked
    from coupang_raw.receipts
    where _dlt_load_id in (from loads)
    group by all
)
select
    receipts.* replace (
        case receipt_type when '반품' then 'RETURN' when '취소' then 'CANCEL' else receipt_type end
            as receipt_type
    ),
    spot(reading_id, request_no, row_no) as spot,
    kst(created_at) as created_kst,
    kst(modified_at) as modified_kst,
    kst(complete_confirm_date) as completed_kst
from coupang_raw.receipts as receipts
inner join newest on receipts.rowid = newest.picked;

create temp table withdrawn as
with newest as (
    select
        vendor_id,
        cancel_id,
        created_at,
        max(spot(reading_id, request_no, row_no)) as spot
    from coupang_raw.withdrawals
    where _dlt_load_id in (from loads)
    group by all
)
select distinct rows_read.vendor_id, rows_read.cancel_id as receipt_id, vendor_item_id
from coupang_raw.withdrawals as rows_read
inner join newest
    on rows_read.vendor_id = newest.vendor_id
    and rows_read.cancel_id = newest.cancel_id
    and rows_read.created_at is not distinct from newest.created_at
    and spot(reading_id, request_no, row_no) = newest.spot
where _dlt_load_id in (from loads);

create temp table receipt_items as
with item_rows as (
    select distinct on (items.vendor_id, receipts.spot, items.line_no)
        items.vendor_id,
        items.receipt_id,
        items.vendor_item_id,
        items.shipment_box_id,
        items.cancel_count
    from coupang_raw.receipt_items as items
    inner join receipts
        on items.vendor_id = receipts.vendor_id
        and spot(items.reading_id, items.request_no, items.row_no) = receipts.spot
    where items._dlt_load_id in (from loads)
),
items as (
    select
        vendor_id,
        receipt_id,
        vendor_item_id,
        shipment_box_id,
        sum(greatest(coalesce(cancel_count, 0), 0))::bigint as quantity,
        bool_or(cancel_count is null) as lacks_quantity
    from item_rows
    group by all
)
select
    receipts.vendor_id,
    receipts.receipt_id,
    receipts.order_id,
    items.vendor_item_id,
    items.shipment_box_id,
    coalesce(items.quantity, 0) as quantity,
    coalesce(items.lacks_quantity, true) as lacks_quantity,
    whole.receipt_id is not null or part.receipt_id is not null as is_withdrawn,
    case
        when receipt_type = 'CANCEL' then created_kst
        when receipt_type = 'RETURN' and receipt_status = 'RETURNS_COMPLETED'
            then coalesce(completed_kst, modified_kst, created_kst)
        when receipt_type = 'RETURN' and pre_refund then coalesce(modified_kst, created_kst)
    end as took_effect,
    took_effect is not null and not is_withdrawn as is_effective,
    coalesce(receipt_type = 'RETURN', false) and took_effect is null and not is_withdrawn as is_open,
    if(is_withdrawn, null, took_effect::date) as cancelled_date
from receipts
left join items using (vendor_id, receipt_id)
left join (select vendor_id, receipt_id from withdrawn where vendor_item_id is null) as whole
    using (vendor_id, receipt_id)
left join withdrawn as part
    on items.vendor_id = part.vendor_id
    and items.receipt_id = part.receipt_id
    and items.vendor_item_id = part.vendor_item_id;

create temp table tellings as
select
    receipt_items.*,
    case
        when box_items.is_moved_out then 'moved'
        when box_items.has_krw then 'box'
        else 'item'
    end as counts_at,
    coalesce(cancelled_date < bought.first_sold_on, false) as is_early,
    is_effective and not (bought.is_from_history and is_early) as is_counting
from receipt_items
inner join bought using (vendor_id, order_id, vendor_item_id)
left join box_items using (vendor_id, order_id, shipment_box_id, vendor_item_id);

create temp table box_cancels as
with told as (
    select vendor_id, order_id, shipment_box_id, vendor_item_id, sum(quantity) as told
    from tellings
    where is_counting and counts_at = 'box'
    group by all
)
select
    vendor_id,
    order_id,
    shipment_box_id,
    vendor_item_id,
    box_items.bought,
    least(coalesce(told, 0), box_items.bought) as by_receipt,
    least(greatest(sheet_cancelled, coalesce(told, 0)), box_items.bought) as cancelled
from box_items
left join told using (vendor_id, order_id, shipment_box_id, vendor_item_id)
where has_krw and not is_moved_out and (sheet_cancelled > 0 or told is not null);

-- ---------------------------------------------------------------- items as they live (P4-P8, P11)

create temp table items as
with in_boxes as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        sum(by_receipt) as box_receipts,
        sum(cancelled) as box_cancelled
    from box_cancels
    group by all
),
told as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        coalesce(sum(quantity) filter (where is_counting and counts_at = 'item'), 0) as at_item,
        coalesce(sum(quantity) filter (where is_counting and counts_at = 'moved'), 0) as at_moved,
        coalesce(sum(quantity) filter (where is_effective and is_early), 0) as early,
        coalesce(sum(quantity) filter (where is_open), 0)::bigint as open
    from tellings
    group by all
),
counted as (
    select
        bought.*,
        coalesce(box_cancelled, 0) as by_boxes,
        coalesce(box_receipts, 0)
            + coalesce(told.at_item, 0)
            + greatest(coalesce(told.at_moved, 0) - greatest(moved_out - moved_into, 0), 0)
            as by_receipts,
        refund_units
            + if(
                sale_units > 0,
                greatest(least(coalesce(told.early, 0), by_receipts, bought - sale_units), 0),
                0
            ) as by_history,
        coalesce(told.open, 0) as open,
        least(greatest(by_boxes, by_receipts, by_history), bought)::bigint as cancelled,
        bought - cancelled as net,
        least(by_history, bought) > greatest(by_boxes, by_receipts) as is_told_by_history,
        sale_units - refund_units as confirmed,
        net - greatest(confirmed, 0) as unconfirmed
    from bought
    left join in_boxes using (vendor_id, order_id, vendor_item_id)
    left join told using (vendor_id, order_id, vendor_item_id)
)
select
    *,
    live(amount, net, bought) as item_krw,
    amount - item_krw as cancelled_krw,
    if(open = 0, 0, item_krw - live(amount, net - open, bought)) as pending_krw,
    case
        when confirmed <= 0 then 0
        when confirmed <= net then greatest(sale_instant - refund_instant, 0)
        else greatest(share(sale_instant - refund_instant, net, confirmed), 0)
    end as instant_krw,
    case
        when confirmed <= 0 then 0
        when confirmed <= net then greatest(sale_downloadable - refund_downloadable, 0)
        else greatest(share(sale_downloadable - refund_downloadable, net, confirmed), 0)
    end as downloadable_krw,
    case
        when confirmed <= 0 then 0
        when confirmed <= net then greatest(sale_coupang - refund_coupang, 0)
        else greatest(share(sale_coupang - refund_coupang, net, confirmed), 0)
    end as coupang_krw,
    instant_krw + downloadable_krw + coupang_krw as coupon_krw,
    if(
        unconfirmed <= 0,
        0,
        share(instant, unconfirmed, bought)
            + share(downloadable, unconfirmed, bought)
            + share(coupang, unconfirmed, bought)
    ) as expected_krw,
    net > 0 as is_live,
    is_live and confirmed >= net as is_confirmed
from counted;

-- ---------------------------------------------------------------- shipping (P3, P6, P9)

create temp table shipping as
with bought_in_boxes as (
    select vendor_id, order_id, shipment_box_id, vendor_item_id, bought
    from box_items
    where has_krw and not is_moved_out and bought > 0
    -- a box dies with its items: only where something was cancelled
    and (vendor_id, order_id) in (select (vendor_id, order_id) from items where cancelled > 0)
),
dead as (
    select vendor_id, shipment_box_id
    from bought_in_boxes
    inner join items using (vendor_id, order_id, vendor_item_id)
    left join box_cancels using (vendor_id, order_id, shipment_box_id, vendor_item_id)
    group by all
    having bool_and(items.net = 0 or coalesce(box_cancels.cancelled = bought_in_boxes.bought, false))
),
dead_orders as (
    select vendor_id, order_id from items group by all having not bool_or(is_live)
)
select
    vendor_id,
    order_id,
    shipment_box_id,
    boxes.shipping as paid,
    dead.shipment_box_id is not null as is_dead
from boxes
anti join superseded using (vendor_id, shipment_box_id)
inner join (from orders where is_in_marts) as orders using (vendor_id, order_id)
left join dead using (vendor_id, shipment_box_id)
union all
select
    vendor_id,
    order_id,
    null as shipment_box_id,
    history_fee as paid,
    dead_orders.order_id is not null as is_dead
from (from orders where is_in_marts and is_from_history) as orders
semi join items using (vendor_id, order_id)
left join dead_orders using (vendor_id, order_id);

-- ---------------------------------------------------------------- marts of payment days

create schema marts;

create table marts.fct_order_items as
select
    vendor_id || '|' || order_id || '|' || vendor_item_id as order_item_key,
    vendor_id,
    account_name,
    order_id,
    vendor_item_id,
    product_name,
    item_name,
    seller_product_id,
    seller_sku,
    payment_date,
    bought as bought_quantity,
    cancelled as cancelled_quantity,
    net as net_quantity,
    amount as paid_krw,
    cancelled_krw,
    item_krw,
    instant_krw as instant_coupon_krw,
    downloadable_krw as downloadable_coupon_krw,
    coupang_krw as coupang_coupon_krw,
    coupon_krw,
    expected_krw as expected_coupon_krw,
    pending_krw as pending_return_krw,
    is_confirmed,
    first_sold_on as confirmed_on
from items;

create table marts.fct_orders as
with of_items as (
    select
        vendor_id,
        order_id,
        sum(amount)::bigint as paid,
        sum(cancelled_krw)::bigint as cancelled,
        sum(item_krw)::bigint as live,
        sum(coupon_krw)::bigint as coupon,
        sum(coupang_krw)::bigint as coupang,
        sum(expected_krw)::bigint as expected,
        sum(pending_krw)::bigint as pending,
        bool_or(cancelled > 0) as has_cancelled,
        bool_or(is_live) as has_live,
        bool_or(is_live and sale_units > 0) as has_live_sold,
        bool_or(is_live and not is_confirmed) as has_unconfirmed
    from items
    group by all
),
of_boxes as (
    select
        vendor_id,
        order_id,
        sum(paid)::bigint as paid,
        coalesce(sum(paid) filter (where is_dead), 0)::bigint as cancelled
    from shipping
    group by all
)
select
    vendor_id || '|' || order_id as order_key,
    vendor_id,
    orders.account_name,
    order_id,
    orders.paid_kst as paid_at_kst,
    orders.payment_date,
    coalesce(of_items.live, 0) + coalesce(of_boxes.paid - of_boxes.cancelled, 0)
        - coalesce(of_items.coupon, 0) as revenue_krw,
    revenue_krw - coalesce(of_items.expected, 0) as expected_revenue_krw,
    coalesce(of_items.paid, 0) + coalesce(of_boxes.paid, 0) as paid_krw,
    coalesce(of_items.cancelled, 0) + coalesce(of_boxes.cancelled, 0) as cancelled_krw,
    coalesce(of_items.live, 0) as item_krw,
    coalesce(of_boxes.paid - of_boxes.cancelled, 0) as shipping_krw,
    coalesce(of_items.coupon, 0) as coupon_krw,
    coalesce(of_items.coupang, 0) as coupang_coupon_krw,
    coalesce(of_items.pending, 0) as pending_return_krw,
    case
        when not coalesce(has_cancelled, false) then 'paid'
        when has_live or shipping_krw <> 0 then 'partly_cancelled'
        else 'cancelled'
    end as order_status,
    case
        when not coalesce(has_live, false) then 'none_left'
        when not has_unconfirmed then 'confirmed'
        when has_live_sold then 'partly_confirmed'
        else 'pending'
    end as coupon_status,
    orders.is_from_history as is_from_sales_history
from (from orders where is_in_marts) as orders
left join of_items using (vendor_id, order_id)
left join of_boxes using (vendor_id, order_id);

-- ---------------------------------------------------------------- what was covered

create temp table covered as
select
    vendor_id,
    listing,
    unnest(generate_series(covered_from, covered_to, interval 1 day))::date as day,
    as_of_utc,
    as_of_kst
from readings;

create temp table covered_days as
select
    vendor_id,
    listing,
    day,
    bool_or(day < as_of_kst::date) as is_covered,
    max(as_of_utc) as last_read_at
from covered
where as_of_kst > day
group by all;

create temp table account_days as
with seen as (
    select vendor_id, max(as_of_kst)::date as last_read from readings group by all
),
paid as (
    select vendor_id, max(payment_date) as last_paid from orders where is_in_marts group by all
)
select
    vendor_id,
    account_name,
    unnest(generate_series(
        start_date,
        case
            when is_linked then today()
            when last_read is not null
                then least(greatest(last_read, coalesce(last_paid, last_read)), today())
        end,
        interval 1 day
    ))::date as day
from accounts
left join seen using (vendor_id)
left join paid using (vendor_id);

create table marts.fct_coverage as
select
    vendor_id || '|' || listing || '|' || day as coverage_key,
    vendor_id,
    account_name,
    listing,
    day as covered_date,
    coalesce(is_covered, false) as is_covered,
    last_read_at
from account_days
cross join (
    values
        ('order_sheets'),
        ('return_requests'),
        ('cancel_requests'),
        ('withdrawals'),
        ('confirmed_sales'),
        ('settlements')
) as listings(listing)
left join covered_days using (vendor_id, listing, day);

create table marts.dim_accounts as
with through as (
    select vendor_id, max(covered_date) as collected_through
    from marts.fct_coverage
    where listing = 'order_sheets' and is_covered
    group by all
),
collected as (
    select vendor_id, max(as_of_utc) as last_collected_at
    from readings
    where listing = 'order_sheets'
    group by all
)
select
    vendor_id,
    account_name,
    account_group,
    is_linked,
    start_date,
    collected_through,
    last_collected_at,
    key_expires_on,
    last_error
from accounts
left join through using (vendor_id)
left join collected using (vendor_id);

create table marts.fct_daily_revenue as
with days as (
    select
        vendor_id,
        payment_date,
        sum(columns('_krw$'))::bigint,
        count(*) as order_count,
        count(*) filter (where order_status = 'cancelled') as cancelled_order_count,
        count(*) filter (where coupon_status in ('pending', 'partly_confirmed'))
            as unconfirmed_order_count,
        bool_or(open_returns.order_id is not null) as has_open_return
    from marts.fct_orders
    left join (select distinct vendor_id, order_id from receipt_items where is_open) as open_returns
        using (vendor_id, order_id)
    group by all
),
through as (
    select vendor_id, day
    from covered_days
    where is_covered
    and listing in ('return_requests', 'cancel_requests', 'withdrawals', 'confirmed_sales')
    group by all
    having count(*) = 4
),
states as (
    select
        vendor_id,
        account_name,
        day,
        case
            when listed.is_covered is null then 'missing'
            when not listed.is_covered
                or through.day is null
                or unconfirmed_order_count > 0
                or has_open_return
                then 'provisional'
            else 'final'
        end as data_status,
        days.* exclude (vendor_id, payment_date, has_open_return)
    from account_days
    left join (from covered_days where listing = 'order_sheets') as listed using (vendor_id, day)
    left join through using (vendor_id, day)
    left join days on days.vendor_id = account_days.vendor_id and payment_date = day
)
select
    vendor_id || '|' || day as daily_revenue_key,
    vendor_id,
    account_name,
    day as payment_date,
    if(data_status = 'missing', null, coalesce(columns('(_krw|_count)$'), 0)),
    data_status
from states;

-- ---------------------------------------------------------------- cancellations, on both axes

create temp table taken as
with told as (
    select
        vendor_id,
        receipt_id,
        order_id,
        vendor_item_id,
        is_effective,
        is_withdrawn,
        cancelled_date,
        sum(quantity)::bigint as quantity
    from receipt_items
    where vendor_item_id is not null
    group by all
),
counting as (
    select distinct vendor_id, receipt_id, vendor_item_id from tellings where is_counting
),
running as (
    select
        told.*,
        items.bought,
        items.amount,
        coalesce(items.cancelled, 0) as item_cancelled,
        if(counting.receipt_id is null, 0, told.quantity) as counted,
        sum(counted) over (
            partition by told.vendor_id, told.order_id, told.vendor_item_id
            order by cancelled_date, try_cast(told.receipt_id as hugeint), told.receipt_id
            rows unbounded preceding
        ) as upto
    from told
    left join counting using (vendor_id, receipt_id, vendor_item_id)
    left join items using (vendor_id, order_id, vendor_item_id)
)
select
    *,
    least(upto, item_cancelled) as after_it,
    least(upto - counted, item_cancelled) as before_it,
    (after_it - before_it)::bigint as units,
    if(
        units = 0,
        0,
        live(amount, bought - before_it, bought) - live(amount, bought - after_it, bought)
    ) as krw
from running;

create table marts.fct_cancellations as
with by_receipt as (
    select
        vendor_id,
        'receipt' as evidence,
        receipt_id,
        taken.order_id,
        vendor_item_id,
        receipt_type,
        receipt_status,
        coalesce(
            cancel_reason_category1 || ' / ' || cancel_reason_category2,
            cancel_reason_category1,
            cancel_reason_category2
        ) as reason,
        fault_by_type as fault_by,
        created_kst as requested_at_kst,
        cancelled_date,
        quantity,
        units as cancelled_quantity,
        krw as cancelled_krw,
        is_effective,
        is_withdrawn
    from taken
    inner join receipts using (vendor_id, receipt_id)
),
without as (
    select
        vendor_id,
        if(is_told_by_history, 'sales_history', 'sheet') as evidence,
        order_id,
        vendor_item_id,
        if(is_told_by_history, last_refunded_on, null) as cancelled_date,
        (cancelled - coalesce(told.units, 0))::bigint as cancelled_quantity,
        (items.cancelled_krw - coalesce(told.krw, 0))::bigint as cancelled_krw
    from items
    left join (
        select vendor_id, order_id, vendor_item_id, sum(units) as units, sum(krw) as krw
        from taken
        group by all
    ) as told using (vendor_id, order_id, vendor_item_id)
    where cancelled > coalesce(told.units, 0)
),
item_dates as (
    select vendor_id, order_id, vendor_item_id, cancelled_date from by_receipt
    union all
    select vendor_id, order_id, vendor_item_id, cancelled_date from without
),
died as (
    from shipping where is_dead and paid <> 0
),
in_died as (
    select vendor_id, order_id, shipment_box_id, vendor_item_id
    from died
    inner join box_items using (vendor_id, order_id, shipment_box_id)
    where has_krw and not is_moved_out and bought > 0
    union all
    select vendor_id, order_id, null as shipment_box_id, vendor_item_id
    from died
    inner join items using (vendor_id, order_id)
    where shipment_box_id is null
),
died_on as (
    select
        vendor_id,
        order_id,
        coalesce(shipment_box_id, '') as box,
        max(cancelled_date) as cancelled_date
    from in_died
    left join item_dates using (vendor_id, order_id, vendor_item_id)
    group by all
),
of_shipping as (
    select
        died.vendor_id,
        'shipping' as evidence,
        died.order_id,
        died.shipment_box_id,
        cancelled_date,
        0::bigint as cancelled_quantity,
        died.paid as cancelled_krw
    from died
    inner join died_on
        on died.vendor_id = died_on.vendor_id
        and died.order_id = died_on.order_id
        and coalesce(died.shipment_box_id, '') = died_on.box
),
all_rows as (
    from by_receipt
    union all by name
    select *, cancelled_quantity as quantity, true as is_effective, false as is_withdrawn
    from without
    union all by name
    select *, cancelled_quantity as quantity, true as is_effective, false as is_withdrawn
    from of_shipping
)
select
    vendor_id || '|' || evidence || '|' || coalesce(receipt_id, '') || '|'
        || coalesce(all_rows.order_id, '') || '|' || coalesce(vendor_item_id, '') || '|'
        || coalesce(shipment_box_id, '') as cancellation_key,
    vendor_id,
    accounts.account_name,
    evidence,
    receipt_id,
    all_rows.order_id,
    vendor_item_id,
    shipment_box_id,
    receipt_type,
    receipt_status,
    reason,
    fault_by,
    requested_at_kst,
    cancelled_date,
    if(is_in_marts, orders.payment_date, null) as payment_date,
    quantity,
    cancelled_quantity,
    cancelled_krw,
    is_effective,
    is_withdrawn,
    coalesce(is_in_marts, false) as is_order_known
from all_rows
inner join accounts using (vendor_id)
left join orders using (vendor_id, order_id)
where not coalesce(is_all_foreign and not is_before_start, false);

-- ---------------------------------------------------------------- marts of recognition days

create table marts.fct_confirmed_sales as
with signed as (
    select
        vendor_id,
        order_id,
        if(order_id is null, null, vendor_item_id) as vendor_item_id,
        sale_type,
        recognition_date,
        sale_date,
        settlement_date,
        final_settlement_date,
        sign * coalesce(quantity, 0) as quantity,
        sign * coalesce(sale_price, 0) as sale_krw,
        sign * instant as instant_coupon_krw,
        sign * downloadable as downloadable_coupon_krw,
        sign * coupang as coupang_coupon_krw,
        sign * service_fee as service_fee_krw,
        sign * service_fee_vat as service_fee_vat_krw,
        sign * settlement as settlement_krw
    from sale_lines
    union all
    select
        vendor_id,
        order_id,
        null,
        sale_type,
        recognition_date,
        sale_date,
        settlement_date,
        final_settlement_date,
        0,
        sign * fee,
        0,
        0,
        0,
        sign * fee_fee,
        sign * fee_fee_vat,
        sign * fee_settlement
    from (
        select
            *,
            case sale_type when 'SALE' then 1 when 'REFUND' then -1 else 0 end as sign
        from sale_rows
        where fee <> 0 or fee_fee <> 0 or fee_fee_vat <> 0 or fee_settlement <> 0
    )
),
summed as (
    select
        vendor_id,
        order_id,
        vendor_item_id,
        sale_type,
        recognition_date,
        min(sale_date) as sale_date,
        max(settlement_date) as settlement_date,
        max(final_settlement_date) as final_settlement_date,
        sum(columns('(_krw|quantity)$'))::bigint
    from signed
    group by all
)
select
    vendor_id || '|' || coalesce(summed.order_id, '') || '|' || coalesce(summed.vendor_item_id, '')
        || '|' || sale_type || '|' || recognition_date as confirmed_sale_key,
    vendor_id,
    accounts.account_name,
    summed.order_id,
    summed.vendor_item_id,
    sale_type,
    recognition_date,
    sale_date,
    quantity,
    sale_krw,
    instant_coupon_krw,
    downloadable_coupon_krw,
    coupang_coupon_krw,
    service_fee_krw,
    service_fee_vat_krw,
    settlement_krw,
    settlement_date,
    final_settlement_date,
    summed.order_id is null as is_adjustment,
    summed.order_id is not null
        and coalesce(orders.is_before_start, sale_date < accounts.start_date, false)
        as is_before_start,
    coalesce(orders.is_all_foreign, false) or foreign_items.order_id is not null as is_foreign
from summed
inner join accounts using (vendor_id)
left join orders using (vendor_id, order_id)
left join foreign_items using (vendor_id, order_id, vendor_item_id);

create table marts.fct_expected_payouts as
with parts as (
    select
        *,
        final_settlement_date is not null as is_split,
        share(settlement_krw, 7, 10) as first_part,
        instant_coupon_krw + downloadable_coupon_krw as seller_coupon
    from marts.fct_confirmed_sales
),
paid as (
    select
        vendor_id,
        account_name,
        order_id,
        coalesce(settlement_date, final_settlement_date) as payout_date,
        if(is_split, first_part, settlement_krw) as krw,
        seller_coupon
    from parts
    union all
    select
        vendor_id, account_name, order_id, final_settlement_date, settlement_krw - first_part, 0
    from parts
    where is_split
)
select
    vendor_id || '|' || coalesce(payout_date::varchar, '') as payout_key,
    vendor_id,
    account_name,
    payout_date,
    sum(krw)::bigint as payout_krw,
    sum(seller_coupon)::bigint as seller_coupon_krw,
    count(distinct order_id) as order_count
from paid
group by all;

create table marts.fct_settlement_reconciliation as
with settled as (
    select distinct on (vendor_id, reading_id, request_no, row_no)
        *,
        (coalesce(revenue_recognition_year_month, revenue_recognition_date_from[:7]) || '-01')::date
            as month
    from coupang_raw.settlements
    where _dlt_load_id in (from loads)
),
newest as (
    select months.*, max(readings.reading_id) as reading_id
    from (select distinct vendor_id, month from settled) as months
    inner join readings
        on months.vendor_id = readings.vendor_id
        and month between window_from and window_to
        and listing = 'settlements'
    group by all
),
kept as (
    from settled semi join newest using (vendor_id, month, reading_id)
),
theirs as (
    select
        vendor_id,
        month,
        max(coalesce(try_cast(revenue_recognition_date_to as date), last_day(month))) as through,
        sum(coalesce(total_sale, 0))::bigint as coupang_krw,
        sum(coalesce(settlement_target_amount, 0))::bigint as coupang_settlement_krw
    from kept
    where settlement_type in ('MONTHLY', 'WEEKLY', 'ADDITIONAL')
    group by all
),
ours as (
    select
        vendor_id,
        date_trunc('month', recognition_date)::date as month,
        max(recognition_date) as last_sale,
        sum(sale_krw - coupang_coupon_krw)::bigint as our_krw,
        sum(instant_coupon_krw + downloadable_coupon_krw)::bigint as coupons,
        coalesce(
            sum(sale_krw) filter (
                where sale_type = 'REFUND' and vendor_item_id is null and not is_adjustment
            ),
            0
        )::bigint as refunded_fees,
        sum(settlement_krw)::bigint as our_settlement_krw
    from marts.fct_confirmed_sales
    group by all
),
months as (
    select vendor_id, month from ours union select vendor_id, month from kept
),
read_days as (
    select vendor_id, date_trunc('month', day)::date as month, count(*) as days
    from covered_days
    where is_covered and listing = 'confirmed_sales'
    group by all
),
sides as (
    select
        vendor_id,
        month,
        coalesce(ours.our_krw, 0) as our_krw,
        coupang_krw,
        coalesce(ours.our_krw, 0) - coupang_krw as difference_krw,
        coalesce(refunded_fees, 0) as refunded_fees,
        coalesce(coupons, 0) as coupons,
        coalesce(ours.our_settlement_krw, 0) as our_settlement_krw,
        coupang_settlement_krw,
        last_day(month) < today()
            and coalesce(read_days.days = last_day(month) - month + 1, false)
            and settlement_days.day is not null as is_read,
        coalesce(through < last_sale, through is null)
            and today() - last_day(month) <= 31 as is_late
    from months
    left join ours using (vendor_id, month)
    left join theirs using (vendor_id, month)
    left join read_days using (vendor_id, month)
    left join (from covered_days where is_covered and listing = 'settlements') as settlement_days
        on months.vendor_id = settlement_days.vendor_id and last_day(month) = settlement_days.day
)
select
    vendor_id || '|' || month as reconciliation_key,
    vendor_id,
    account_name,
    month as recognition_month,
    our_krw,
    coupang_krw,
    difference_krw,
    case
        when not is_read or is_late then 'pending'
        when abs(coalesce(difference_krw, our_krw)) <= 10 then 'ok'
        when abs(difference_krw) * 1000 <= 5 * greatest(abs(our_krw), abs(coupang_krw))
            then 'watch'
        else 'off'
    end as verdict,
    difference_krw - 2 * refunded_fees as difference_if_refund_delivery_as_told_krw,
    difference_krw - coupons as difference_if_seller_coupons_off_krw,
    our_settlement_krw,
    coupang_settlement_krw,
    our_settlement_krw - coupang_settlement_krw as settlement_difference_krw
from sides
inner join accounts using (vendor_id);

-- ---------------------------------------------------------------- what a person should look at

create table marts.fct_data_issues as
with odd_lines as (
    select *, shipment_box_id || '|' || vendor_item_id || '|' || line_no as subject
    from lines
    anti join (from moves where is_out) as moves
        using (vendor_id, shipment_box_id, vendor_item_id)
    where is_differing or is_without_amount or is_foreign
),
odd_boxes as (
    select
        *,
        superseded.shipment_box_id is not null as is_superseded
    from boxes
    left join superseded using (vendor_id, shipment_box_id)
    where is_vanished or has_foreign_shipping or superseded.shipment_box_id is not null
),
amounts as (
    select vendor_id, shipment_box_id, sum(amount) as amount
    from box_items
    semi join odd_boxes using (vendor_id, shipment_box_id)
    group by all
),
unplaced as (
    select vendor_id, order_id, vendor_item_id
    from receipt_items
    anti join box_items using (vendor_id, order_id, shipment_box_id, vendor_item_id)
),
known_sold as (
    from sold anti join foreign_items using (vendor_id, order_id, vendor_item_id)
),
told_boxes as (
    select vendor_id, shipment_box_id from receipt_items
    union
    select vendor_id, shipment_box_id
    from box_items semi join unplaced using (vendor_id, order_id, vendor_item_id)
    where is_vanished
    union
    select vendor_id, shipment_box_id
    from box_items semi join known_sold using (vendor_id, order_id, vendor_item_id)
    where is_vanished
),
adjustments as (
    select
        sale_rows.vendor_id,
        sale_rows.sale_type,
        sale_rows.recognition_date,
        coalesce(lines.sale_price, 0) + fee as amount,
        row_number() over (
            partition by sale_rows.vendor_id, sale_rows.recognition_date, sale_rows.sale_type
            order by spot
        ) as ordinal
    from sale_rows
    left join (
        select vendor_id, spot, sum(sale_price) as sale_price from sale_lines
        where order_id is null group by all
    ) as lines using (vendor_id, spot)
    where sale_rows.order_id is null
),
issues as (
    select
        vendor_id,
        order_id,
        'line_amount_differs' as issue_type,
        subject,
        'orderPrice of box ' || shipment_box_id || ', item ' || vendor_item_id
            || ' is not salesPrice x shippingCount = ' || unit_price_amount as detail,
        amount as amount_krw
    from odd_lines
    where is_differing
    union all
    select
        vendor_id,
        order_id,
        'line_without_amount',
        subject,
        'box ' || shipment_box_id || ', item ' || vendor_item_id
            || ': the line has no usable amount or quantity and counts 0',
        told_amount
    from odd_lines
    where is_without_amount
    union all
    select
        vendor_id,
        order_id,
        'foreign_currency',
        subject,
        'box ' || shipment_box_id || ', item ' || vendor_item_id
            || ': the line is not in KRW and is left out',
        null
    from odd_lines
    where is_foreign
    union all
    select
        vendor_id,
        order_id,
        'superseded_box',
        shipment_box_id,
        'box ' || shipment_box_id
            || ' is gone and its items are listed again in a younger box; what moved counts there',
        coalesce(amount, 0)
    from odd_boxes
    left join amounts using (vendor_id, shipment_box_id)
    where is_superseded
    union all
    select
        vendor_id,
        order_id,
        'vanished_without_receipt',
        shipment_box_id,
        'box ' || shipment_box_id
            || ' is no longer listed and nothing says that it was cancelled; it still counts',
        coalesce(amount, 0) + shipping
    from odd_boxes
    anti join told_boxes using (vendor_id, shipment_box_id)
    left join amounts using (vendor_id, shipment_box_id)
    where is_vanished and not is_superseded
    union all
    select
        vendor_id,
        order_id,
        'foreign_currency',
        shipment_box_id,
        'box ' || shipment_box_id || ': its shipping is not in KRW and is left out',
        null
    from odd_boxes
    where has_foreign_shipping and not is_superseded
    union all
    select
        vendor_id,
        order_id,
        'coupon_refund_exceeds_sale',
        vendor_item_id,
        'item ' || vendor_item_id
            || ': its REFUND rows give back more coupon than its SALE rows took off',
        greatest(refund_instant - sale_instant, 0)
            + greatest(refund_downloadable - sale_downloadable, 0)
            + greatest(refund_coupang - sale_coupang, 0) as excess
    from items
    where excess > 0
    union all
    select
        vendor_id,
        order_id,
        'confirmed_less_than_live',
        vendor_item_id,
        'item ' || vendor_item_id || ': ' || net || ' live, ' || confirmed
            || ' confirmed and not refunded, thirty days after the last confirmation',
        item_krw
    from items
    where sale_units > 0 and net > confirmed and today() - last_sold_on >= 30
    union all
    select
        vendor_id,
        order_id,
        'never_confirmed',
        vendor_item_id,
        'item ' || vendor_item_id || ' lives and is not confirmed sixty days after its payment',
        item_krw
    from items
    where is_live and sale_units = 0 and today() - payment_date >= 60
    union all
    select
        vendor_id,
        order_id,
        'line_without_amount',
        vendor_item_id,
        'item ' || vendor_item_id
            || ' is known from the sales history only, where a SALE entry has no salePrice',
        amount
    from items
    where is_from_history and lacks_price
    union all
    select
        vendor_id,
        receipts.order_id,
        'receipt_without_order',
        receipt_id,
        'receipt ' || receipt_id
            || ': its order was never listed; probably paid and cancelled between two collections',
        null
    from receipts
    anti join orders using (vendor_id, order_id)
    inner join accounts using (vendor_id)
    where created_kst::date - start_date > 60
    union all
    select distinct
        vendor_id,
        order_id,
        'receipt_without_quantity',
        receipt_id,
        'receipt ' || receipt_id
            || ' does not say how many units of which item it takes; what it leaves out counts 0',
        null::bigint
    from receipt_items
    where lacks_quantity
    union all
    select
        vendor_id,
        null,
        'sales_row_without_order',
        recognition_date || '|' || sale_type || '|' || ordinal,
        sale_type || ' row of ' || recognition_date
            || ' without an order: an adjustment by Coupang, in the revenue of no order',
        if(sale_type = 'REFUND', -amount, amount)::bigint
    from adjustments
    union all
    select
        vendor_id,
        order_id,
        'refund_without_sale',
        vendor_item_id,
        'item ' || vendor_item_id
            || ': a REFUND of something that no sheet and no SALE row tells of',
        null
    from sold
    inner join accounts using (vendor_id)
    anti join box_items using (vendor_id, order_id, vendor_item_id)
    where refund_units > 0 and sale_units = 0 and first_refund_date >= start_date
    union all
    select
        vendor_id,
        order_id,
        'line_without_amount',
        coalesce(vendor_item_id, '') || '|' || recognition_date || '|' || sale_type || '|'
            || request_no || '|' || row_no || '|' || line_no,
        sale_type || ' entry of ' || recognition_date || ', item ' || coalesce(vendor_item_id, '?')
            || ', has no usable quantity and counts 0',
        sale_price
    from sale_lines
    inner join accounts using (vendor_id)
    anti join foreign_items using (vendor_id, order_id, vendor_item_id)
    left join (select vendor_id, order_id, true as is_known from orders) as orders
        using (vendor_id, order_id)
    where order_id is not null and sign <> 0 and quantity is null
    and (is_known or sale_date >= start_date)
)
select
    vendor_id || '|' || issue_type || '|' || coalesce(order_id, '') || '|' || coalesce(subject, '')
        as issue_key,
    vendor_id,
    issue_type,
    order_id,
    detail,
    amount_krw::bigint as amount_krw
from issues
left join orders using (vendor_id, order_id)
where issue_type = 'refund_without_sale' or not coalesce(is_before_start or is_later, false);
