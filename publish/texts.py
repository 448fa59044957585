"""What is said to analysts, Korean and English side by side, and how numbers and days are written.

A `Said` is a text with its values, not yet in a language: pages are put together from them once and
written in either language (or both). A key without one of the two languages cannot exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

WEEKDAYS = ("월화수목금토일", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
KST = timedelta(hours=9)
NO_VALUE = "–"


@dataclass(frozen=True)
class Won:
    """An amount in full: 1,234,500원; with `signed`, a plus or minus before it."""

    amount: int | float | None
    signed: bool = False


@dataclass(frozen=True)
class ShortWon:
    """An amount as people say it: 1억 2,346만 원, 123만 원; below 만 in full."""

    amount: int | float | None


@dataclass(frozen=True)
class Percent:
    """A fraction as percent with one decimal."""

    fraction: float | None
    signed: bool = False


@dataclass(frozen=True)
class Moment:
    """A UTC instant, written in Korean time to the minute."""

    at: datetime | None


@dataclass(frozen=True)
class Said:
    """A text of TEXTS with the values that belong into it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


def said(key: str, **values: object) -> Said:
    """The text `key`, which must exist, with its values."""
    if key not in TEXTS:
        raise KeyError(key)
    return Said(key, values)


def write(thing: object, language: Language) -> str:
    """A text, amount, rate, day or moment in a language; plain text and numbers as they are."""
    korean = language == "ko"
    match thing:
        case None:
            return NO_VALUE
        case Said(key, values):
            template = TEXTS[key][0 if korean else 1]
            return template.format(
                **{name: write(value, language) for name, value in values.items()}
            )
        case Won(amount, signed):
            return NO_VALUE if amount is None else _won(round(amount), korean, signed)
        case ShortWon(amount):
            return NO_VALUE if amount is None else _short_won(round(amount), korean)
        case Percent(fraction, signed):
            if fraction is None:
                return NO_VALUE
            return f"{fraction * 100:{'+' if signed else ''}.1f}%".replace("-", "−")
        case Moment(at):
            return NO_VALUE if at is None else f"{at + KST:%Y-%m-%d %H:%M}"
        case datetime():
            return f"{thing:%Y-%m-%d %H:%M}"
        case date():
            return _day(thing, korean)
        case bool():
            return str(thing)
        case int():
            return f"{thing:,}".replace("-", "−")
        case list() | tuple():
            return ", ".join(write(part, language) for part in thing)
        case _:
            return str(thing)


def _won(amount: int, korean: bool, signed: bool) -> str:
    sign = "−" if amount < 0 else "+" if signed and amount > 0 else ""
    return f"{sign}{abs(amount):,}원" if korean else f"{sign}₩{abs(amount):,}"


def _short_won(amount: int, korean: bool) -> str:
    sign, size = "−" if amount < 0 else "", abs(amount)
    if not korean:
        for unit, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
            if size >= unit:
                return f"{sign}₩{size / unit:,.{1 if size < 100 * unit else 0}f}{letter}"
        return f"{sign}₩{size:,}"
    if size < 10_000:
        return f"{sign}{size:,}원"
    if size < 100_000:
        return f"{sign}{size / 10_000:.1f}".removesuffix(".0") + "만 원"
    eok, man = divmod(round(size / 10_000), 10_000)
    if not eok:
        return f"{sign}{man:,}만 원"
    return f"{sign}{eok:,}억 {man:,}만 원" if man else f"{sign}{eok:,}억 원"


def _day(day: date, korean: bool) -> str:
    if korean:
        return f"{day.month}월 {day.day}일({WEEKDAYS[0][day.weekday()]})"
    return f"{WEEKDAYS[1][day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _axis_won(units: tuple[tuple[str, str], ...]) -> str:
    """A Vega expression that writes an amount on an axis, where short counts most. Sizes only: what
    hangs below the zero line of a figure is an amount too."""
    size = "abs(datum.value)"
    written = f"format({size}, ',d')"
    for unit, letter in units:
        written = f"{size} >= {unit} ? format({size} / {unit}, ',.4~r') + '{letter}' : {written}"
    return written


TEXTS: dict[str, tuple[str, str]] = {
    "axis.won": (
        _axis_won((("1e4", "만"), ("1e8", "억"))),
        _axis_won((("1e3", "K"), ("1e6", "M"), ("1e9", "B"))),
    ),
    # --- the page
    "page.title": ("쿠팡 매출 보고서", "Coupang revenue report"),
    "page.market": (
        "일반마켓 기준, 로켓그로스 제외",
        "General market (Marketplace) only; Rocket Growth not included",
    ),
    "page.collected": ("마지막 수집 {at} (한국시간)", "Last collected {at} (Korean time)"),
    "page.never_collected": ("아직 수집된 적이 없습니다", "Nothing was ever collected"),
    "page.ago_minutes": ("{n}분 전", "{n} min ago"),
    "page.ago_hours": ("{n}시간 전", "{n} h ago"),
    "page.ago_days": ("{n}일 전", "{n} days ago"),
    "page.stale": (
        "이 숫자는 오래되었습니다. 마지막 수집 후 하루 넘게 지났으니 최신 자료를 받아 보세요.",
        "These numbers are old: the last collection is more than a day ago. Ask for a newer file.",
    ),
    "page.account_behind": (
        "수집이 하루 넘게 지연된 계정: {accounts}",
        "Accounts not collected for more than a day: {accounts}",
    ),
    "page.scope": ("계정", "Account"),
    "page.period": ("기간", "Period"),
    "page.everyone": ("전체 ({n}개 계정)", "All ({n} accounts)"),
    "page.group": ("그룹 {name}", "Group {name}"),
    "page.other_language": ("English", "한국어"),
    "page.written": ("작성 {at} (한국시간)", "Written {at} (Korean time)"),
    "page.footer": (
        "매출은 결제일 기준이며, 나중에 취소·환불된 금액은 결제한 날에서 뺍니다. 부가세 포함, 원"
        " 단위. 취소율 = 취소·환불 ÷ 결제금액, 객단가 = 매출 ÷"
        " 전체 취소를 뺀 주문수, 한 주는 월요일에 시작합니다.",
        "Revenue is by payment day: what is cancelled or refunded later is taken off the day it"
        " was paid. Whole won, VAT included. Cancel rate = cancelled ÷ paid; average order ="
        " revenue ÷ orders not wholly cancelled; weeks begin on Monday.",
    ),
    "page.no_script": (
        "그래프를 보고 기간을 고르려면 자바스크립트가 필요합니다. 표와 숫자는 그대로 보입니다.",
        "Pictures and the choice of period need JavaScript; numbers and tables are shown without.",
    ),
    "page.empty": (
        "아직 보여 줄 매출이 없습니다. 계정을 연동하고 수집한 뒤 다시 만들어 주세요.",
        "There is no revenue to show yet. Link an account, collect, and write the page anew.",
    ),
    "period.from_to": ("{first} ~ {last}", "{first} – {last}"),
    "period.days": ("최근 {n}일", "Last {n} days"),
    "period.weeks": ("최근 {n}주 (주별)", "Last {n} weeks (by week)"),
    "period.months": ("최근 {n}개월 (월별)", "Last {n} months (by month)"),
    "period.chosen": ("선택한 기간", "Chosen period"),
    "grain.day": ("일별", "Day"),
    "grain.week": ("주별", "Week"),
    "grain.month": ("월별", "Month"),
    # --- headline
    "headline.title": ("한눈에 보기", "At a glance"),
    "headline.revenue": ("매출", "Revenue"),
    "headline.expected": ("예상 매출", "Expected revenue"),
    "headline.cancelled": ("취소·환불", "Cancelled"),
    "headline.coupons": ("쿠폰", "Coupons"),
    "headline.orders": ("주문수", "Orders"),
    "headline.average": ("객단가", "Average order"),
    "headline.revenue_hint": ("결제일 기준", "by payment day"),
    "headline.expected_hint": (
        "구매확정 전 주문의 쿠폰까지 미리 뺀 금액",
        "with the coupons of orders not confirmed yet taken off",
    ),
    "headline.cancel_rate": ("결제금액의 {rate}", "{rate} of what was paid"),
    "headline.coupons_hint": ("구매확정된 주문만", "of confirmed purchases"),
    "headline.orders_hint": ("전체 취소 {n}건 포함", "{n} of them wholly cancelled"),
    "headline.average_hint": ("전체 취소된 주문 제외", "wholly cancelled orders left out"),
    "headline.order_count": ("{n}건", "{n}"),
    "headline.before": ("직전 {n}일 {value}", "{value} in the {n} days before"),
    "headline.no_comparison": (
        "직전 기간과 비교할 수 없음: {why}",
        "Not compared with the period before: {why}",
    ),
    "headline.why_before_missing": (
        "직전 기간에 수집되지 않은 날이 {n}일 있습니다",
        "{n} days of it were not collected",
    ),
    "headline.why_now_missing": (
        "이 기간에 수집되지 않은 날이 {n}일 있습니다",
        "{n} days of this period were not collected",
    ),
    "headline.why_not_started": (
        "그때는 수집을 시작하기 전인 계정이 있습니다",
        "some accounts were not collected yet",
    ),
    "headline.why_no_data": ("자료가 없습니다", "there is no data"),
    "headline.sure": (
        "{days}일 중 확정 {final}일 · 잠정 {provisional}일 · 미수집 {missing}일",
        "Of {days} days: {final} final · {provisional} provisional · {missing} missing",
    ),
    "headline.sure_since": (
        "{days}일 중 확정 {final}일 · 잠정 {provisional}일 · 미수집 {missing}일"
        " · 수집 시작 전 {before}일",
        "Of {days} days: {final} final · {provisional} provisional · {missing} missing"
        " · {before} before collection began",
    ),
    "headline.incomplete": (
        "이 기간의 자료는 완전하지 않습니다. {accounts} 계정에 수집되지 않은 날이 있어 실제 매출은"
        " 더 클 수 있습니다.",
        "This period is incomplete: {accounts} has days that were not collected; the real"
        " revenue may be higher.",
    ),
    "headline.not_started": (
        "이 기간 도중에 수집을 시작한 계정: {accounts}",
        "{accounts}: collected from within this period only.",
    ),
    "headline.provisional": (
        "잠정인 날의 매출은 더 줄어들 수 있습니다. 쿠폰은 구매확정 때(결제 약 10일 뒤) 빠지므로,"
        " 기간을 서로 비교할 때는 예상 매출을 보세요.",
        "Provisional days can still fall: coupons come off when purchases are confirmed (about"
        " ten days later), so compare periods by expected revenue.",
    ),
    "headline.pending": (
        "진행 중인 반품이 모두 완료되면 매출이 {amount} 더 줄어듭니다.",
        "If every open return is completed, revenue falls by another {amount}.",
    ),
    "names.more": ("{names} 외 {n}개 계정", "{names} and {n} more"),
    # --- revenue
    "revenue.title": ("매출 추이", "Revenue over time"),
    "revenue.by_account": ("계정별 추이", "By account"),
    "revenue.own_scale": (
        "세로축 눈금은 계정마다 다릅니다.",
        "Each account has a scale of its own.",
    ),
    "revenue.others": ("그 외 {n}개 계정", "{n} other accounts"),
    "revenue.table": ("계정별 합계", "Totals by account"),
    "status.final": ("확정", "Final"),
    "status.provisional": ("잠정", "Provisional"),
    "status.incomplete": ("일부 미수집", "Incomplete"),
    "status.missing": ("미수집", "Missing"),
    "status.outside": ("해당 없음", "Outside"),
    "legend.final": ("확정", "Final"),
    "legend.provisional": (
        "잠정: 구매확정 전이거나 반품 진행 중이라 아직 바뀔 수 있음",
        "Provisional: not confirmed yet or a return is open; still moves",
    ),
    "legend.incomplete": (
        "일부만 집계: 수집되지 않은 날이 있거나 아직 끝나지 않은 주·월",
        "In part: days not collected, or a week or month that is not over",
    ),
    "legend.missing": (
        "미수집: 매출이 0원인 날이 아니라 자료가 없는 날",
        "Missing: no data, not a day without sales",
    ),
    "legend.expected": (
        "예상 매출: 앞으로 빠질 쿠폰을 미리 뺀 금액",
        "Expected revenue: coupons to come taken off",
    ),
    # --- waterfall
    "waterfall.title": ("결제금액에서 매출까지", "From paid to revenue"),
    "waterfall.paid": ("결제금액", "Paid"),
    "waterfall.cancelled": ("취소·환불", "Cancelled"),
    "waterfall.coupons": ("쿠폰", "Coupons"),
    "waterfall.revenue": ("= 매출", "= Revenue"),
    "waterfall.coupons_to_come": ("예정 쿠폰", "Coupons to come"),
    "waterfall.expected": ("= 예상 매출", "= Expected"),
    # --- how numbers move
    "moves.title": ("매출 변동", "How numbers move"),
    "moves.fan": ("하루 매출이 확정되기까지", "How a day's revenue settles"),
    "moves.fan_words": (
        "결제 다음 날의 매출을 100%로 보면, {age}일 뒤에는 보통 {middle}입니다(10일 중 8일은 {low}"
        " ~ {high}).",
        "Taking the number of the day after payment as 100%, after {age} days it usually is"
        " {middle} (four days in five: {low} – {high}).",
    ),
    "moves.fan_none": (
        "매일 수집한 기록이 며칠 쌓이면, 하루 매출이 확정되기까지의 그래프가 여기에 나타납니다.",
        "How a day's revenue settles is shown here once the data was collected daily for some"
        " days.",
    ),
    "moves.fan_legend": (
        "굵은 선: 중앙값, 띠: 10일 중 8일의 범위, 가는 선: 최근 60일의 하루하루",
        "Thick line: the middle; band: four days in five; thin lines: each of the last 60 days",
    ),
    "moves.age": ("결제 후 경과 일수", "Days after payment"),
    "moves.middle": ("중앙값", "Middle"),
    "moves.range": ("10일 중 8일", "Four days in five"),
    "moves.days": ("일수", "Days"),
    "moves.restatements": ("최근 2주 동안 바뀐 매출", "Revenue restated in the last two weeks"),
    "moves.restated_sum": (
        "최근 2주 동안 {days}일치(계정별) 매출이 합계 {change} 변동했습니다: {parts}.",
        "In the last two weeks {days} account days were restated, {change} in all: {parts}.",
    ),
    "moves.none": (
        "최근 2주 동안 매출이 바뀐 날이 없습니다.",
        "No day was restated in the last two weeks.",
    ),
    "moves.line": (
        "{day} {account}: {before} → {after} ({parts})",
        "{day}, {account}: {before} → {after} ({parts})",
    ),
    "moves.order_line": (
        "주문 {order}: {before} → {after} ({parts})",
        "order {order}: {before} → {after} ({parts})",
    ),
    "moves.orders": ("주문 {n}건 보기", "Orders behind it: {n}"),
    "moves.biggest": ("변동이 큰 {n}일만 표시합니다.", "The {n} that changed most are shown."),
    "moves.definition": ("계산 기준 변경", "the definition changed, not the business"),
    "moves.part_payments": ("결제 {amount}", "payments {amount}"),
    "moves.part_cancellations": ("취소·환불 {amount}", "cancellations {amount}"),
    "moves.part_coupons": ("쿠폰 {amount}", "coupons {amount}"),
    # --- products
    "products.title": ("상품", "Products"),
    "products.best": ("매출 상위 상품", "Best sellers"),
    "products.most_cancelled": ("취소·환불 금액이 큰 상품", "Most cancelled, by amount"),
    "products.highest_rate": (
        "취소율이 높은 상품 ({n}개 이상 판매된 상품)",
        "Highest cancel rate ({n} units bought or more)",
    ),
    "products.hint": (
        "상품 매출에는 배송비가 포함되지 않습니다.",
        "Revenue of products is without shipping.",
    ),
    "products.none": ("이 기간에 해당하는 상품이 없습니다.", "No such product in this period."),
    # --- cancellations
    "cancellations.title": ("취소·환불", "Cancellations"),
    "cancellations.axes": (
        "같은 금액을 두 날짜로: 결제일과 취소일",
        "The same money on two days: when it was paid and when it was cancelled",
    ),
    "cancellations.paid_axis": ("위: 결제일 기준", "Up: by payment day"),
    "cancellations.cancel_axis": ("아래: 취소일 기준", "Down: by day of cancellation"),
    "cancellations.reasons": ("사유와 귀책", "Reasons and fault"),
    "cancellations.undated": (
        "취소일을 알 수 없는 {amount}은 취소일 기준에 표시되지 않습니다.",
        "{amount} was cancelled on an unknown day; it is not on the lower axis.",
    ),
    "cancellations.unknown": (
        "발주서가 수집되지 않은 주문(수집 시작일 전에 결제된 주문 등)의 취소 {n}건은 0원으로"
        " 계산합니다.",
        "{n} cancellations of orders that were never seen (paid before collection began, for"
        " example) count 0.",
    ),
    "cancellations.open": (
        "진행 중인 반품 {n}개(수량)는 아직 매출에 포함되어 있습니다.",
        "{n} units of open returns still count as revenue.",
    ),
    "cancellations.none": ("이 기간에는 취소가 없습니다.", "Nothing was cancelled in this period."),
    "evidence.receipt": ("접수", "Receipt"),
    "evidence.sheet": ("접수 없음 (발주서)", "No receipt (order sheet)"),
    "evidence.sales_history": ("접수 없음 (매출내역)", "No receipt (sales history)"),
    "evidence.shipping": ("함께 취소된 배송비", "Shipping cancelled with it"),
    "fault.CUSTOMER": ("고객", "Customer"),
    "fault.VENDOR": ("판매자", "Seller"),
    "fault.COUPANG": ("쿠팡", "Coupang"),
    "fault.WMS": ("물류", "Logistics"),
    "fault.GENERAL": ("일반", "General"),
    # --- accounts
    "accounts.title": ("계정 상태", "Account health"),
    "accounts.good": ("정상", "Good"),
    "accounts.behind": ("수집 지연", "Behind"),
    "accounts.failed": ("오류", "Failed"),
    "accounts.never": ("수집 전", "Not collected yet"),
    "accounts.unlinked": ("연동 해제", "Unlinked"),
    "accounts.key_expired": ("키 만료됨", "Key expired"),
    "accounts.key_expires": ("키 {n}일 남음", "Key: {n} days left"),
    "accounts.key_days": ("{n}일", "{n} days"),
    "accounts.error_of": ("{account}: {error}", "{account}: {error}"),
    "accounts.error": ("{todo} ({error})", "{error}"),
    "todo.auth": (
        "Wing(판매자정보 > 추가판매정보 > OPEN API 키)에서 새 키를 발급받아 재연동하세요.",
        "Issue a new key in Wing and relink the account.",
    ),
    "todo.ip": (
        "Wing의 OPEN API 키 옆에 수집하는 컴퓨터의 공인 IP를 등록하세요 (최대 10개).",
        "Add the collecting machine's public IP address beside the key in Wing.",
    ),
    "todo.skew": (
        "수집하는 컴퓨터의 시계를 맞추세요. 키에는 문제가 없을 수 있습니다.",
        "Set the collecting machine's clock; the key may be fine.",
    ),
    "todo.vendor": (
        "업체코드가 맞는지, 그 업체코드로 발급된 키인지 Wing에서 확인하세요.",
        "Check the vendor code and that the keys were issued for it.",
    ),
    "todo.blocked": (
        "잠시 기다린 뒤 Wing을 확인하세요. 계속되면 쿠팡 Open API 고객센터에 문의하세요.",
        "Wait and look into Wing; if it stays, ask Coupang's Open API support.",
    ),
    "todo.rate": (
        "30분쯤 지나 다시 시도해 주세요. 같은 업체코드를 쓰는 다른 프로그램이 있다면 요청 속도를"
        " 낮춰 주세요.",
        "Wait some tens of minutes; lower the rate where other tools use the same vendor code.",
    ),
    "accounts.calendar": ("수집 달력 (최근 60일)", "Coverage calendar (last 60 days)"),
    "accounts.calendar_most": (
        "미수집이 많은 {n}개 계정만 표시합니다.",
        "The {n} accounts with most holes are shown.",
    ),
    "coverage.whole": ("모두 수집됨", "All read"),
    "coverage.part": ("일부만 수집됨", "Read in part"),
    "coverage.none": ("수집 안 됨", "Not read"),
    "coverage.missing_listings": ("빠진 목록", "Not read"),
    "listing.order_sheets": ("발주서", "Order sheets"),
    "listing.return_requests": ("반품", "Returns"),
    "listing.cancel_requests": ("취소", "Cancellations"),
    "listing.withdrawals": ("반품철회", "Withdrawals"),
    "listing.confirmed_sales": ("매출내역", "Confirmed sales"),
    "listing.settlements": ("지급내역", "Settlements"),
    # --- settlement
    "settlement.title": ("정산 확인", "Settlement check"),
    "settlement.hint": (
        "구매확정된 매출을 매출인식월별로 쿠팡 지급내역과 대조합니다. 결제일 기준 매출과는 다른"
        " 숫자입니다.",
        "Confirmed sales by month of recognition against Coupang's settlements; not the revenue"
        " by payment day.",
    ),
    "settlement.payouts": ("지급 예정", "Payouts to come"),
    "settlement.payouts_none": ("예정된 지급이 없습니다.", "No payout to come."),
    "settlement.absent": (
        "이 파일에는 정산 자료가 아직 없습니다.",
        "This file does not hold settlement data yet.",
    ),
    "settlement.none": ("아직 대조할 달이 없습니다.", "No month to check yet."),
    "verdict.ok": ("✓ 일치", "✓ Agrees"),
    "verdict.watch": ("△ 확인 필요", "△ Watch"),
    "verdict.off": ("✕ 불일치", "✕ Off"),
    "verdict.pending": ("… 판정 전", "… Pending"),
    "settlement.never": (
        "– 판정 불가 (수집 시작 전 기간 포함)",
        "– Cannot be judged (in part before collection began)",
    ),
    # --- data issues
    "issues.title": ("살펴볼 자료", "Data issues"),
    "issues.hint": (
        "쿠팡이 보낸 자료 가운데 사람이 한 번 확인하면 좋은 것들입니다. 매출 집계를 막지는"
        " 않습니다.",
        "Things in Coupang's data that a person should look at. They hold nothing up.",
    ),
    "issues.none": ("살펴볼 것이 없습니다.", "Nothing to look at."),
    "issues.more": (
        "금액이 큰 {shown}건만 표시합니다. 전체 {all}건은 내보내기 파일에 있습니다.",
        "The {shown} largest are shown; all {all} are in the exported files.",
    ),
    "issues.all_types": ("모든 종류", "All types"),
    "issue.line_amount_differs": ("금액이 단가×수량과 다름", "Amount is not price × quantity"),
    "issue.line_without_amount": ("금액이나 수량이 없음", "No amount or quantity"),
    "issue.foreign_currency": ("원화가 아님 (제외됨)", "Foreign currency (left out)"),
    "issue.receipt_without_order": ("주문을 찾을 수 없는 취소·반품", "Receipt without an order"),
    "issue.receipt_without_quantity": ("수량이 없는 취소·반품", "Receipt without a quantity"),
    "issue.vanished_without_receipt": (
        "취소 접수 없이 사라진 묶음배송",
        "Vanished without a receipt",
    ),
    "issue.superseded_box": ("다른 묶음배송으로 바뀜", "Superseded box"),
    "issue.refund_without_sale": ("판매 내역이 없는 환불", "Refund without a sale"),
    "issue.sales_row_without_order": ("주문번호 없는 정산 조정", "Adjustment without an order"),
    "issue.coupon_refund_exceeds_sale": (
        "환급 쿠폰이 사용 쿠폰보다 많음",
        "More coupon given back than taken",
    ),
    "issue.confirmed_less_than_live": (
        "구매확정 수량이 남은 수량보다 적음",
        "Fewer confirmed than live",
    ),
    "issue.never_confirmed": ("60일 넘게 구매확정 없음", "Never confirmed in 60 days"),
    # --- what is odd, in a sentence (publish.in_words)
    "sale_type.SALE": ("판매", "SALE"),
    "sale_type.REFUND": ("환불", "REFUND"),
    "detail.line_amount_differs": (
        "묶음배송 {box}, 옵션 {item}: 주문금액이 단가×수량({amount})과 다릅니다.",
        "orderPrice of box {box}, item {item} is not salesPrice × shippingCount = {amount}",
    ),
    "detail.line_without_amount": (
        "묶음배송 {box}, 옵션 {item}: 쓸 수 있는 금액이나 수량이 없어 0원으로 계산합니다.",
        "box {box}, item {item}: the line has no usable amount or quantity and counts 0",
    ),
    "detail.entry_without_quantity": (
        "{day} {type} 내역, 옵션 {item}: 쓸 수 있는 수량이 없어 0원으로 계산합니다.",
        "{type} entry of {day}, item {item}, has no usable quantity and counts 0",
    ),
    "detail.entry_without_amount": (
        "옵션 {item}: 매출내역에만 있고, 판매 내역에 금액이 없습니다.",
        "item {item} is known from the sales history only, where a SALE entry has no salePrice",
    ),
    "detail.foreign_line": (
        "묶음배송 {box}, 옵션 {item}: 금액이 원화가 아니어서 제외했습니다.",
        "box {box}, item {item}: the line is not in KRW and is left out",
    ),
    "detail.foreign_shipping": (
        "묶음배송 {box}: 배송비가 원화가 아니어서 제외했습니다.",
        "box {box}: its shipping is not in KRW and is left out",
    ),
    "detail.receipt_without_order": (
        "접수 {receipt}: 수집된 적이 없는 주문입니다. 수집과 수집 사이에 결제되고 취소된 것으로"
        " 보입니다.",
        "receipt {receipt}: its order was never listed; probably paid and cancelled between two"
        " collections",
    ),
    "detail.receipt_without_quantity": (
        "접수 {receipt}: 어느 옵션이 몇 개인지 적혀 있지 않아, 빠진 수량은 0으로 계산합니다.",
        "receipt {receipt} does not say how many units of which item it takes; what it leaves out"
        " counts 0",
    ),
    "detail.vanished_without_receipt": (
        "묶음배송 {box}: 목록에서 사라졌지만 취소되었다는 근거가 없어 매출에 그대로 둡니다.",
        "box {box} is no longer listed and nothing says that it was cancelled; it still counts",
    ),
    "detail.superseded_box": (
        "묶음배송 {box}: 없어지고 새 묶음배송으로 바뀌었습니다. 옮겨 간 상품은 새 묶음배송에서"
        " 계산합니다.",
        "box {box} is gone and its items are listed again in a younger box; what moved counts"
        " there",
    ),
    "detail.refund_without_sale": (
        "옵션 {item}: 발주서에도 판매 내역에도 없는 상품이 환불되었습니다.",
        "item {item}: a REFUND of something that no sheet and no SALE row tells of",
    ),
    "detail.sales_row_without_order": (
        "{day} {type} 내역에 주문번호가 없습니다. 쿠팡의 조정이며 어느 주문의 매출에도 넣지"
        " 않습니다.",
        "{type} row of {day} without an order: an adjustment by Coupang,"
        " in the revenue of no order",
    ),
    "detail.coupon_refund_exceeds_sale": (
        "옵션 {item}: 판매 때 뺀 쿠폰보다 환불 때 돌려준 쿠폰이 더 많습니다.",
        "item {item}: its REFUND rows give back more coupon than its SALE rows took off",
    ),
    "detail.confirmed_less_than_live": (
        "옵션 {item}: 남은 수량은 {live}개인데, 마지막 구매확정 30일 뒤에도 {confirmed}개만"
        " 구매확정되어 있습니다.",
        "item {item}: {live} live, {confirmed} confirmed and not refunded, thirty days after the"
        " last confirmation",
    ),
    "detail.never_confirmed": (
        "옵션 {item}: 결제 후 60일이 지났는데 구매확정되지 않았습니다.",
        "item {item} lives and is not confirmed sixty days after its payment",
    ),
    # --- tables
    "table.filter": ("검색", "Filter"),
    "table.filter_hint": ("주문번호, 계정, 내용…", "order, account, words…"),
    "table.more": ("{n}행 더 보기", "Show {n} more"),
    "table.shown": ("{shown} / {all}행", "{shown} of {all} rows"),
    "column.account": ("계정", "Account"),
    "column.group": ("그룹", "Group"),
    "column.revenue": ("매출(원)", "Revenue (₩)"),
    "column.expected": ("예상 매출(원)", "Expected (₩)"),
    "column.share": ("비중", "Share"),
    "column.cancelled": ("취소·환불(원)", "Cancelled (₩)"),
    "column.cancel_rate": ("취소율", "Cancel rate"),
    "column.orders": ("주문수", "Orders"),
    "column.average": ("객단가(원)", "Average order (₩)"),
    "column.missing_days": ("미수집 일수", "Missing days"),
    "column.product": ("상품", "Product"),
    "column.sku": ("업체상품코드", "SKU"),
    "column.bought": ("판매 수량", "Units sold"),
    "column.units_cancelled": ("취소 수량", "Units cancelled"),
    "column.reason": ("사유", "Reason"),
    "column.fault": ("귀책", "Fault"),
    "column.receipts": ("접수 건수", "Receipts"),
    "column.units": ("수량", "Units"),
    "column.state": ("상태", "State"),
    "column.collected_at": ("마지막 수집", "Last collected"),
    "column.collected_through": ("수집 완료일", "Collected through"),
    "column.key_left": ("키 남은 기간", "Key days left"),
    "column.issues": ("살펴볼 것", "Issues"),
    "column.month": ("매출인식월", "Month"),
    "column.verdict": ("판정", "Verdict"),
    "column.ours": ("우리 계산(원)", "Ours (₩)"),
    "column.coupangs": ("쿠팡 지급내역(원)", "Coupang (₩)"),
    "column.difference": ("차이(원)", "Difference (₩)"),
    "column.payout_date": ("지급일", "Payout day"),
    "column.payout": ("지급 예정액(원)", "Payout (₩)"),
    "column.issue_type": ("종류", "Type"),
    "column.order": ("주문번호", "Order"),
    "column.detail": ("내용", "Detail"),
    "column.amount": ("금액(원)", "Amount (₩)"),
    "column.date": ("날짜", "Date"),
    "column.status": ("상태", "Status"),
    # --- the summary after a run
    "summary.title": ("쿠팡 매출 요약 · {day}", "Coupang revenue · {day}"),
    "summary.yesterday": (
        "어제 매출 {revenue} (예상 {expected}), 주문 {orders}건, 취소·환불 {cancelled}",
        "Yesterday: revenue {revenue} (expected {expected}), {orders} orders,"
        " cancelled {cancelled}",
    ),
    "summary.account": ("  {account} {revenue}", "  {account} {revenue}"),
    "summary.other_accounts": ("  그 외 {n}개 계정 {revenue}", "  {n} other accounts {revenue}"),
    "summary.yesterday_missing": (
        "어제가 수집되지 않은 계정: {accounts}",
        "Yesterday was not collected of: {accounts}",
    ),
    "summary.nothing": ("어제 자료가 없습니다.", "There is no data of yesterday."),
    "summary.restated": (
        "하루 사이 바뀐 매출: {days}일치(계정별) 합계 {change} ({parts})",
        "Restated since yesterday: {days} account days, {change} in all ({parts})",
    ),
    "summary.failed": ("오류가 난 계정 {account}: {error}", "Failed account {account}: {error}"),
    "summary.key": ("키 만료 {n}일 전: {account}", "Key expires in {n} days: {account}"),
    "summary.key_expired": ("키 만료됨: {account}", "Key expired: {account}"),
    "summary.behind": (
        "이틀 넘게 수집되지 않은 계정: {accounts}",
        "Not collected for two days: {accounts}",
    ),
    "summary.all_good": ("모든 계정이 정상입니다.", "All accounts are well."),
    # --- the workbook
    "export.cover": ("안내", "About"),
    "export.accounts": ("계정: {names}", "Accounts: {names}"),
    "export.period": ("기간: {first} ~ {last}", "Period: {first} – {last}"),
    "export.all_days": ("기간: 전체", "Period: all days"),
    "export.sheet": ("시트", "Sheet"),
    "export.row": ("한 행의 뜻", "What a row is"),
    "export.rows": ("행 수", "Rows"),
    "export.too_long": (
        "{rows}행이라 한 시트에 들어가지 않습니다. 기간을 줄이거나 CSV, Parquet를 쓰세요.",
        "{rows} rows do not fit into a sheet: narrow the period, or take CSV or Parquet.",
    ),
    # --- the notebook
    "notebook.new_data": (
        "새 자료가 있습니다. 지금 화면은 이전 자료 그대로입니다.",
        "There is new data. This page still shows the old.",
    ),
    "notebook.load": ("새 자료 보기", "Show the new data"),
    "notebook.gone": (
        "발행 파일이 잠시 없습니다. 지금 화면은 계속 볼 수 있습니다.",
        "The published file is gone for now; this page goes on with what it has.",
    ),
    "notebook.several": ("여러 계정 고르기…", "Choose several…"),
    "notebook.accounts": ("계정 (비우면 전체)", "Accounts (none: all)"),
    "notebook.save_png": ("PNG로 저장", "Save as PNG"),
    "notebook.save_svg": ("SVG로 저장", "Save as SVG"),
    "notebook.grain": ("집계 단위", "By"),
}
