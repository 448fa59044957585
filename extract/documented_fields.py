"""Fields that Coupang documents and that are not kept, so that they are not called unknown.

By shape and place within it (names from the Open API docs). Most are personal data of buyers or
free text that they typed; the rest says nothing about revenue. A field that is in neither this
list nor the declaration of raw is named in a warning: the API has grown.
"""

NOT_KEPT: dict[str, tuple[str, ...]] = {
    "order_sheets": (
        # personal data
        "orderer",
        "receiver",
        "parcelPrintMessage",
        "overseaShippingInfoDto",
        "extraProperties",
        # shipping as such
        "remoteArea",
        "ableSplitShipping",
        "deliveryCompanyName",
        "invoiceNumber",
        "inTrasitDateTime",
        "refer",
        "isCod",
    ),
    "order_sheets.orderItems": (
        # text typed by buyers
        "etcInfoHeader",
        "etcInfoValue",
        "etcInfoValues",
        "extraProperties",
        # amounts that the kept ones hold already
        "discountPrice",
        # names and dates of shipping
        "vendorItemPackageId",
        "vendorItemPackageName",
        "firstSellerProductItemName",
        "estimatedShippingDate",
        "plannedShippingDate",
        "invoiceNumberUploadDate",
        "pricingBadge",
        "usedProduct",
        "deliveryChargeTypeName",
        "upBundleVendorItemId",
        "upBundleVendorItemName",
        "upBundleSize",
        "upBundleItem",
    ),
    "receipts": (
        # personal data
        "requesterName",
        "requesterPhoneNumber",
        "requesterRealPhoneNumber",
        "requesterAddress",
        "requesterAddressDetail",
        "requesterZipCode",
        "cancelReason",
        # between seller, buyer and carrier
        "paymentId",
        "reasonCode",
        "reasonCodeText",
        "returnDeliveryId",
        "returnDeliveryType",
        "returnDeliveryDtos",
        "enclosePrice",
        "returnShippingCharge",
    ),
    "receipts.returnItems": (
        "vendorItemPackageId",
        "vendorItemPackageName",
        "vendorItemName",
        "sellerProductId",
        "sellerProductName",
        "sellerProductItemName",
        "cancelCompleteUser",
    ),
    "withdrawals": ("vendorId", "refundDeliveryDuty"),
    "confirmed_sales": (),
    "confirmed_sales.deliveryFee": (
        "feeRatio",
        "basicAmount",
        "basicFee",
        "basicFeeVat",
        "basicFeeRatio",
        "basicFeeDiscount",
        "basicFeeDiscountVat",
        "basicSettlementAmount",
        "remoteAmount",
        "remoteFee",
        "remoteFeeVat",
        "remoteFeeRatio",
        "remoteFeeDiscount",
        "remoteFeeDiscountVat",
        "remoteSettlementAmount",
    ),
    "confirmed_sales.items": (
        "discountCouponPolicyAgreement",
        "serviceFeeRatio",
        "couranteeFeeRatio",
    ),
    "settlements": (
        "accountHolder",
        "bankAccount",
        "bankAccountHolder",
        "bankName",
        "couranteeCustomerReward",
        "couranteeFee",
        "couranteeFeeVat",
        "deductionAmount",
        "debtOfLastWeek",
        "dedicatedDeliveryAmount",
        "deliveryFee",
        "deliveryFeeSettlementAmount",
        "serviceFeeVat",
        "storeFeeDiscount",
        "storeFeeDiscountVat",
    ),
}
