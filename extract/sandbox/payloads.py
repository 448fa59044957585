"""The JSON that Coupang answers, row by row, as it was so at a moment.

Shapes, names and types are those of the Coupang Open API docs and of what its users report; nothing
here asks what a client would like. Every documented field is there, those we have no use for too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from .catalogue import Person, buyer_of
from .claims import RELEASE_STOP_UNCHECKED, Claimed, Exchange, Receipt, Withdrawal
from .moments import KST, kst_text
from .orders import Box, Line, Status
from .sales import DELIVERY_FEE_PERCENT, SalesRow, Sold, settlement_dates
from .world import Account

Payload = dict[str, Any]

# A field of no documentation, in worlds with a canary: new fields come unannounced.
UNKNOWN_FIELD = "undocumentedNote"

SHIPPED = (Status.DEPARTURE, Status.DELIVERING, Status.FINAL_DELIVERY, Status.NONE_TRACKING)


def sheet(box: Box, when: datetime, canary: str = "") -> Payload:
    """발주서 (v5): one shipment box."""
    order, spec = box.order, box.spec
    buyer = buyer_of(order.id, canary)
    zone = order.paid_at.tzinfo
    reached = {status: since for since, status in box.history if since <= when}
    shipped = next((reached[each] for each in SHIPPED if each in reached), None)
    in_transit = reached.get(Status.DELIVERING, shipped)
    delivered = reached.get(Status.FINAL_DELIVERY)
    lines = box.lines_at(when)
    several = len(order.boxes) > 1
    shown: Payload = {
        "shipmentBoxId": box.id,
        "orderId": order.id,
        "orderedAt": order.ordered_at.isoformat(timespec="microseconds"),
        "orderer": {
            "name": buyer.name,
            "email": buyer.email,
            "safeNumber": buyer.safe_number,
            "ordererNumber": buyer.number,
        },
        "paidAt": order.paid_at.isoformat(timespec="microseconds"),
        "status": box.status_at(when),
        "shippingPrice": _money(spec.shipping, spec.currency),
        "remotePrice": None if spec.remote is None else _money(spec.remote, spec.currency),
        "remoteArea": bool(spec.remote),
        "parcelPrintMessage": buyer.note or None,
        "splitShipping": several,
        "ableSplitShipping": not several and len(lines) > 1,
        "receiver": {
            "name": buyer.name,
            "safeNumber": buyer.safe_number,
            "receiverNumber": buyer.number,
            "addr1": buyer.street,
            "addr2": buyer.door,
            "postCode": buyer.post_code,
        },
        "orderItems": [_sheet_item(line, when, shipped, canary) for line in lines],
        "overseaShippingInfoDto": {
            "personalCustomsClearanceCode": buyer.customs_code,
            "ordererSsn": canary,
            "ordererPhoneNumber": buyer.number or "",
        },
        "deliveryCompanyName": "CJ 대한통운" if shipped else "",
        "invoiceNumber": f"3{box.id % 10**11:011d}" if shipped else "",
        "inTrasitDateTime": _iso(in_transit, zone),
        "deliveredDate": _iso(delivered, zone),
        "refer": ("아이폰앱", "안드로이드앱", "PC웹")[order.id % 3],
        "shipmentType": spec.shipment_type,
        "isCod": False,
        "extraProperties": {
            "taxReceiptInfo": {
                "appliedValue": buyer.tax_number,
                "receiptOption": "PAPER",
                "appliedType": "PERSONAL_COUPANG_MEMBER_CARRIER",
            },
            "sameDayShipping": "false",
            "cutOffTimeHour": "18",
        },
    }
    return _finish(shown, canary, spec.raw)


def _sheet_item(line: Line, when: datetime, shipped: datetime | None, canary: str) -> Payload:
    item, product = line.item, line.product
    paid = line.box.order.paid_at
    currency = item.currency
    discount = item.instant + item.downloadable + item.coupang
    typed = f"각인 문구 {canary}" if canary else None
    cancelled = line.cancelled_at(when)
    confirmed = line.confirmed if line.confirmed is not None and line.confirmed <= when else None
    shown: Payload = {
        "vendorItemPackageId": 0,
        "vendorItemPackageName": product.name,
        "productId": product.product_id,
        "vendorItemId": product.vendor_item_id,
        "vendorItemName": f"{product.name}, {product.option}",
        "shippingCount": item.quantity,
        "salesPrice": _money(line.price, currency),
        "orderPrice": _money(line.total, currency),
        "discountPrice": _money(discount, currency) if discount else None,
        "instantCouponDiscount": _money(item.instant, currency),
        "downloadableCouponDiscount": _money(item.downloadable, currency),
        "coupangDiscount": _money(item.coupang, currency),
        "externalVendorSkuCode": product.sku if item.sku is None else item.sku,
        "etcInfoHeader": "각인" if typed else None,
        "etcInfoValue": typed,
        "etcInfoValues": [typed, f"추가 메시지 {canary}"] if typed else None,
        "sellerProductId": product.seller_product_id,
        "sellerProductName": product.name,
        "sellerProductItemName": product.option,
        "firstSellerProductItemName": product.option,
        "cancelCount": cancelled,
        "holdCountForCancel": line.held_at(when),
        "estimatedShippingDate": (paid + timedelta(days=2)).date().isoformat(),
        "plannedShippingDate": "",
        "invoiceNumberUploadDate": "" if shipped is None else kst_text(shipped),
        "extraProperties": {"buyerMessage": canary} if canary else {},
        "pricingBadge": False,
        "usedProduct": False,
        "confirmDate": _confirm_date(confirmed, product.vendor_item_id),
        "deliveryChargeTypeName": "유료" if line.box.spec.shipping else "무료",
        "upBundleVendorItemId": None,
        "upBundleVendorItemName": None,
        "upBundleSize": None,
        "upBundleItem": False,
        "canceled": 0 < item.quantity <= cancelled,
    }
    return _finish(shown, canary, item.raw)


def receipt(found: Receipt, when: datetime, canary: str = "") -> Payload:
    """취소/반품 접수 (v6)."""
    buyer = buyer_of(found.order_id, canary)
    status = found.status_at(when)
    reason = found.reason or ("", "", "", "", "")
    done = found.completed if found.completed is not None and found.completed <= when else None
    shown: Payload = {
        "receiptId": found.id,
        "orderId": found.order_id,
        "paymentId": found.order_id // 11,
        "receiptType": found.kind,
        "receiptStatus": status,
        "createdAt": kst_text(found.created),
        "modifiedAt": kst_text(found.modified_at(when)),
        "requesterName": buyer.name,
        "requesterPhoneNumber": buyer.safe_number,
        "requesterRealPhoneNumber": buyer.number,
        "requesterAddress": buyer.street,
        "requesterAddressDetail": buyer.door,
        "requesterZipCode": buyer.post_code,
        "cancelReasonCategory1": reason[0],
        "cancelReasonCategory2": reason[1],
        "cancelReason": f"{found.cancel_reason} {canary}" if canary else found.cancel_reason,
        "cancelCountSum": sum(claimed.units for claimed in found.items),
        "returnDeliveryId": found.id // 3 if found.kind == "RETURN" else 0,
        "returnDeliveryType": "연동택배" if found.kind == "RETURN" else "수거안함",
        "releaseStopStatus": _release_stop_status(found, status),
        "enclosePrice": _money(0, "KRW"),
        "faultByType": found.fault_by,
        "preRefund": found.pre_refunded is not None and found.pre_refunded <= when,
        "completeConfirmType": found.completed_by if done else "UNDEFINED",
        "completeConfirmDate": kst_text(done) if done else "",
        "returnItems": [_receipt_item(found, each, when, canary) for each in found.items],
        "returnDeliveryDtos": _return_deliveries(found),
        "reasonCode": reason[2],
        "reasonCodeText": reason[3],
        "returnShippingCharge": _money(-found.return_charge, "KRW"),
    }
    return _finish(shown, canary, found.raw)


def _receipt_item(found: Receipt, claimed: Claimed, when: datetime, canary: str) -> Payload:
    product = claimed.product
    shown: Payload = {
        "vendorItemPackageId": 0,
        "vendorItemPackageName": product.name,
        "vendorItemId": product.vendor_item_id,
        "vendorItemName": f"{product.name}, {product.option}",
        "purchaseCount": claimed.bought,
        "cancelCount": claimed.units,
        "shipmentBoxId": claimed.box_id or 0,
        "sellerProductId": product.seller_product_id,
        "sellerProductName": product.name,
        "releaseStatus": _release_status(found, when),
        "cancelCompleteUser": buyer_of(found.order_id, canary).name[:1] + f"****{canary}",
    }
    return _finish(shown, canary, claimed.raw)


def withdrawal(found: Withdrawal, canary: str = "") -> Payload:
    """반품철회 (v4)."""
    shown: Payload = {
        "cancelId": found.cancel_id,
        "orderId": found.order_id,
        "vendorId": found.account.vendor_id,
        "refundDeliveryDuty": found.duty,
        "createdAt": kst_text(found.at),
        "vendorItemIds": list(found.vendor_item_ids),
    }
    return _finish(shown, canary, found.raw)


def exchange(found: Exchange, when: datetime, canary: str = "") -> Payload:
    """교환요청 (v4)."""
    buyer = buyer_of(found.order.id, canary)
    done = found.completed if found.completed is not None and found.completed <= when else None
    product = found.line.product
    modified = kst_text(done or found.created)
    shown: Payload = {
        "exchangeId": found.id,
        "orderId": found.order.id,
        "vendorId": found.order.account.vendor_id,
        "orderDeliveryStatusCode": "FINAL_DELIVERY",
        "orderDeliveryStatusLabel": "배송완료",
        "exchangeStatus": "SUCCESS" if done else "RECEIPT",
        "exchangeStatusLabel": "완료" if done else "접수",
        "referType": "IOS",
        "referTypeLabel": "아이폰앱",
        "faultType": "VENDOR",
        "faultTypeLabel": "협력사 과실",
        "exchangeAmount": "0",
        "reason": None,
        "reasonCode": "DEFECT",
        "reasonCodeText": "상품에 결함이 있음",
        "reasonEtcDetail": f"긁힘이 있어요 {canary}".rstrip(),
        "cancelReason": canary,
        "createdByType": "CUSTOMER",
        "createdByTypeLabel": "고객",
        "createdAt": kst_text(found.created),
        "modifiedByType": "VENDOR" if done else "CUSTOMER",
        "modifiedByTypeLabel": "협력사" if done else "고객",
        "modifiedAt": modified,
        "exchangeItemDtoV1s": [
            {
                "exchangeItemId": found.id,
                "orderItemId": product.vendor_item_id,
                "orderItemUnitPrice": found.line.price,
                "orderItemName": f"{product.name}, {product.option}",
                "orderPackageId": 0,
                "orderPackageName": product.name,
                "targetItemId": product.vendor_item_id,
                "targetItemUnitPrice": found.line.price,
                "targetItemName": f"{product.name}, {product.option}",
                "targetPackageId": 0,
                "targetPackageName": product.name,
                "quantity": found.units,
                "orderItemDeliveryComplete": True,
                "orderItemReturnComplete": done is not None,
                "targetItemDeliveryComplete": done is not None,
                "createdAt": kst_text(found.created),
                "modifiedAt": modified,
                "originalShipmentBoxId": found.line.box.id,
            }
        ],
        "exchangeAddressDtoV1": _exchange_address(buyer, found, modified),
        "deliveryInvoiceGroupDtos": [],
        "deliveryStatus": "",
        "collectStatus": "CompleteCollect" if done else "BeforeDirection",
        "collectCompleteDate": modified if done else "",
        "collectInformationsDto": {"returnType": "택배회수", "expectedReturnDate": ""},
        "returnDeliveryDtos": [],
        "successable": done is None,
        "rejectable": done is None,
        "deliveryInvoiceModifiable": False,
    }
    return _finish(shown, canary, None)


def _exchange_address(buyer: Person, found: Exchange, modified: str) -> Payload:
    shown: Payload = {"exchangeAddressId": found.id, "exchangeId": found.id}
    for side in ("return", "delivery"):
        shown |= {
            f"{side}CustomerName": buyer.name,
            f"{side}AddressZipCode": buyer.post_code,
            f"{side}Address": buyer.street,
            f"{side}AddressDetail": buyer.door,
            f"{side}Phone": buyer.safe_number,
            f"{side}Mobile": buyer.number or "",
            f"{side}Memo": buyer.note,
        }
    return shown | {"createdAt": kst_text(found.created), "modifiedAt": modified}


def sales_row(found: SalesRow, account: Account, canary: str = "") -> Payload:
    """매출내역 (v1). Amounts are plain numbers."""
    paid_on, rest_on = settlement_dates(found.recognition_date, account.settlement)
    fee, vat = found.delivery_fee_charged, found.delivery_fee_vat
    remote_fee = round(found.remote_fee * DELIVERY_FEE_PERCENT / 100)
    remote_vat = round(remote_fee / 10)
    shown: Payload = {
        "orderId": found.order_id,
        "saleType": found.sale_type,
        "saleDate": found.sale_date.isoformat(),
        "recognitionDate": found.recognition_date.isoformat(),
        "settlementDate": paid_on.isoformat(),
        "finalSettlementDate": "" if rest_on is None else rest_on.isoformat(),
        "deliveryFee": {
            "amount": found.delivery_fee,
            "fee": fee,
            "feeVat": vat,
            "feeRatio": DELIVERY_FEE_PERCENT,
            "settlementAmount": found.delivery_fee - fee - vat,
            "basicAmount": found.delivery_fee - found.remote_fee,
            "basicFee": fee - remote_fee,
            "basicFeeVat": vat - remote_vat,
            "remoteAmount": found.remote_fee,
            "remoteFee": remote_fee,
            "remoteFeeVat": remote_vat,
        },
        "items": [_sold_item(sold, canary) for sold in found.lines],
    }
    return _finish(shown, canary, found.raw)


def _sold_item(sold: Sold, canary: str) -> Payload:
    product = sold.product
    shown: Payload = {
        "taxType": "TAX",
        "productId": product.product_id,
        "productName": product.name,
        "vendorItemId": product.vendor_item_id,
        "vendorItemName": f"{product.name}, {product.option}",
        "salePrice": sold.sale_price,
        "quantity": sold.quantity,
        "coupangDiscountCoupon": sold.coupang,
        "discountCouponPolicyAgreement": bool(sold.coupang),
        "saleAmount": sold.sale_amount,
        "sellerDiscountCoupon": sold.instant,
        "downloadableCoupon": sold.downloadable,
        "serviceFee": sold.fee,
        "serviceFeeVat": sold.fee_vat,
        "serviceFeeRatio": sold.fee_percent,
        "settlementAmount": sold.sale_amount - sold.fee - sold.fee_vat,
        "couranteeFeeRatio": 0,
        "couranteeFee": 0,
        "couranteeFeeVat": 0,
        "storeFeeDiscount": 0,
        "storeFeeDiscountVat": 0,
        "externalSellerSkuCode": product.sku if sold.sku is None else sold.sku,
    }
    return _finish(shown, canary, sold.raw)


def settlement(row: Payload, account: Account, canary: str = "") -> Payload:
    """지급내역 (v1): what `sales.settlements` worked out, with the bank account users report."""
    shown: Payload = row | {
        "bankName": f"신한은행 {canary}".rstrip(),
        "bankAccountHolder": f"{account.name} {canary}".rstrip(),
        "bankAccount": f"110-***-{account.vendor_id[-6:]} {canary}".rstrip(),
    }
    return _finish(shown, canary, None)


def _money(units: int, currency: str) -> Payload:
    return {"currencyCode": currency, "units": units, "nanos": 0}


def _iso(when: datetime | None, zone: Any) -> str:  # noqa: ANN401 - a tzinfo
    return "" if when is None else when.astimezone(zone).isoformat(timespec="microseconds")


def _confirm_date(when: datetime | None, vendor_item_id: int) -> str:
    """Both of the documented forms are served."""
    if when is None:
        return ""
    local = when.astimezone(KST)
    if vendor_item_id % 2:
        return local.isoformat(timespec="microseconds")
    return local.strftime("%Y-%m-%d %H:%M:%S")


def _release_stop_status(found: Receipt, status: str | None) -> str:
    if not found.stop:
        return "비대상"
    return "미처리" if status == RELEASE_STOP_UNCHECKED else "처리(출고중지)"


def _release_status(found: Receipt, when: datetime) -> str:
    if found.kind == "CANCEL":
        return "S"
    if not found.stop:
        return "Y"
    return "N" if found.status_at(when) == RELEASE_STOP_UNCHECKED else "S"


def _return_deliveries(found: Receipt) -> list[Payload]:
    if found.kind == "CANCEL" or found.stop:
        return []
    return [{"deliveryCompanyCode": "CJGLS", "deliveryInvoiceNo": f"5{found.id:011d}"}]


def _finish(shown: Payload, canary: str, raw: Mapping[str, Any] | None) -> Payload:
    if canary:
        shown[UNKNOWN_FIELD] = canary
    if raw:
        shown.update(raw)
    return shown
