"""One HTML page that stands by itself: no server, no network, no other file.

Everything is in it: the numbers and tables as HTML in Korean and English (a switch shows one of
them), the pictures as Vega-Lite specifications with the library that draws them, inlined once. Its
own content policy forbids any request, so whoever opens it tells nobody.
"""

from publish.report.write import default_page, report_page, write_report

__all__ = ["default_page", "report_page", "write_report"]
