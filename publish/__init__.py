"""What leaves the warehouse: the published file that analysts open, and the docs.

Reads marts only. Nothing here changes the warehouse, but for `build`, which has dbt do it.
"""
