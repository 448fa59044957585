"""What things look like: products, people, reasons; invented, but as a Korean shop has them."""

from __future__ import annotations

from dataclasses import dataclass

# (product, option, price in won)
GOODS: tuple[tuple[str, str, int], ...] = (
    ("제주 노지 감귤", "5kg 1박스", 24_900),
    ("국내산 현미 누룽지", "150g 10봉", 15_800),
    ("저당 그래놀라", "400g 2개", 18_900),
    ("무선 핸디 청소기", "화이트", 59_000),
    ("스테인리스 텀블러", "500ml 네이비", 17_500),
    ("극세사 차렵이불", "퀸 그레이", 39_900),
    ("강아지 덴탈껌", "30개입", 12_900),
    ("고양이 스크래쳐", "라운드형", 21_000),
    ("여성 기모 레깅스", "L 블랙", 13_900),
    ("남성 반팔 티셔츠 3종", "XL 혼합", 22_800),
    ("캠핑 접이식 의자", "카키", 27_500),
    ("LED 독서등", "3단 밝기", 16_400),
    ("유아 물티슈", "100매 20팩", 26_900),
    ("히알루론산 앰플", "50ml 2개", 19_800),
    ("매운 어묵탕 밀키트", "2인분", 9_900),
    ("호두과자 선물세트", "24개입", 14_500),
    ("욕실 논슬립 매트", "60x40cm 베이지", 11_200),
    ("스마트폰 맥세이프 케이스", "투명", 8_900),
    ("고속 충전기 45W", "C타입", 19_900),
    ("등산용 스틱", "2개 1세트", 33_000),
    ("손뜨개 코바늘 세트", "12종", 10_500),
    ("원목 도마", "대형", 28_700),
    ("국산 참기름", "320ml 2병", 31_500),
    ("아기 턱받이", "5매", 12_400),
)

SHOPS: tuple[str, ...] = (
    "달빛상점",
    "초록마당",
    "하루공방",
    "바다식탁",
    "포근하우스",
    "또또펫",
    "산들캠핑",
    "온결리빙",
)

FAMILY_NAMES = "김이박최정강조윤장임"
GIVEN_NAMES = ("민지", "서준", "하윤", "도현", "수아", "지호", "예은", "건우", "채원", "시우")
STREETS = (
    ("서울특별시 송파구 송파대로 570", "05510"),
    ("부산광역시 해운대구 센텀중앙로 97", "48058"),
    ("대구광역시 수성구 동대구로 364", "42163"),
    ("광주광역시 서구 상무중앙로 110", "61947"),
    ("경기도 성남시 분당구 판교역로 166", "13529"),
    ("제주특별자치도 제주시 첨단로 242", "63309"),
)
DOOR_NOTES = ("문 앞에 놓아주세요", "경비실에 맡겨주세요", "배송 전 연락 바랍니다", "")

# (category 1, category 2, code, text, who is at fault)
RETURN_REASONS: tuple[tuple[str, str, str, str, str], ...] = (
    ("고객변심", "단순변심(사유없음)", "CHANGEMIND", "필요 없어짐 (단순 변심)", "CUSTOMER"),
    ("상품불량", "제품 하자", "DEFECT", "상품에 결함이 있음", "VENDOR"),
    ("배송문제", "배송지연", "DELAYED", "배송이 늦음", "WMS"),
    ("상품불만", "상품이 설명과 다름", "DIFFERENTOPT", "다른 옵션이 배송됨", "VENDOR"),
    ("주문오류", "쿠팡 오류", "SYSTEMERROR", "시스템 오류", "COUPANG"),
)
CANCEL_REASON = ("고객변심", "결제 후 변심", "CANCELBYBUYER", "주문 취소", "CUSTOMER")


@dataclass(frozen=True, slots=True)
class Person:
    """Everything about one buyer that a payload can show."""

    name: str
    email: str
    safe_number: str
    number: str | None
    street: str
    door: str
    post_code: str
    note: str
    customs_code: str | None
    tax_number: str | None


def buyer_of(order_id: int, canary: str = "") -> Person:
    """The buyer of an order, always the same one.

    With a canary, every field holds it, also those that Coupang documents as null or empty: a test
    then looks for one word in every file to find personal data that slipped through.
    """
    street, post_code = STREETS[order_id % len(STREETS)]
    tail = order_id % 9_000 + 1_000
    person = Person(
        name=FAMILY_NAMES[order_id % 10] + GIVEN_NAMES[order_id // 10 % 10],
        email="",
        safe_number=f"+82 502-{order_id // 7 % 9_000 + 1_000}-{tail}",
        number=None,
        street=street,
        door=f"{order_id % 30 + 1}층 {order_id % 12 + 1}호",
        post_code=post_code,
        note=DOOR_NOTES[order_id // 3 % 4],
        customs_code=None,
        tax_number=None,
    )
    if not canary:
        return person
    return Person(
        name=f"{person.name} {canary}",
        email=f"{canary}@example.com",
        safe_number=f"{person.safe_number} {canary}",
        number=f"+82 10-{tail}-{tail} {canary}",
        street=f"{person.street} {canary}",
        door=f"{person.door} {canary}",
        post_code=f"{person.post_code} {canary}",
        note=f"{person.note} {canary}",
        customs_code=f"P{order_id % 10**12:012d} {canary}",
        tax_number=f"010{tail}{tail} {canary}",
    )
