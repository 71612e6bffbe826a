"""The words of registration lists: headings of the two layouts, kinds of task."""

from cadres.text import fold

COLUMNS = {
    "number": ("TT", "Stt", "Số TT"),
    "name": ("Họ và tên", "Họ và tên đảng viên", "Họ tên", "Họ và tên cán bộ"),
    "card": ("Số thẻ ĐV", "Số thẻ đảng viên", "Số thẻ Đảng", "Số thẻ"),
    "post": ("Chức vụ", "Chức vụ, đơn vị công tác"),
    "unit": ("Đơn vị", "Đơn vị công tác"),
    "title": (
        "Nội dung đăng ký",
        "Nội dung việc mới, việc khó đăng ký thực hiện",
        "Nội dung đăng ký thực hiện",
        "Nội dung đăng ký đảm nhận",
        "Nội dung việc mới, việc khó",
    ),
    "novelty": ("Loại việc", "Mới/khó", "Việc mới/việc khó"),
    "backlog": ("Tồn đọng từ năm",),
    "product": ("Kết quả, sản phẩm", "Kết quả, sản phẩm dự kiến", "Kết quả, mục tiêu", "Sản phẩm dự kiến"),
    "due": ("Thời hạn", "Thời gian hoàn thành", "Thời hạn hoàn thành"),
    "theme": ("Chủ đề", "Chủ đề định hướng", "Thuộc chủ đề"),
    "partners": ("Đơn vị phối hợp", "Phối hợp"),
    "registered_on": ("Ngày đăng ký tại chi bộ", "Ngày đăng ký"),
    "result": ("Kết quả thực hiện",),
    "on_time": ("Đúng hạn",),
    "beyond": ("Vượt mức", "Vượt mức yêu cầu"),
}
REQUIRED = ("name", "title", "novelty", "product", "due")
OF_CADRES = ("post", "unit")  # headings that only the lists of key cadres have

NOVELTIES = {
    "moi": "new",
    "viec moi": "new",
    "kho": "difficult",
    "viec kho": "difficult",
    "ca hai": "both",
    "moi, kho": "both",
    "moi va kho": "both",
    "viec moi, viec kho": "both",
}


def novelty_of(text: str) -> str:
    """new (việc mới), difficult (việc khó) or both (cả hai); "" for other words."""
    return NOVELTIES.get(fold(text), "")
