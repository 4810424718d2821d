"""python.org's two download APIs in small, on the frameworks of the real ones: django-tastypie for v1, Django REST
Framework for v2, one database under both.

Each of the real repairs is a switch, so that one door at a time can be closed and the others stay as they were. A
door is open for the reason for which the real one was, not by imitation. Pages, throttling and the database's limits
on lengths are left out. Other mistakes, which the real site never made, can be switched on one at a time.
"""

from .fixes import DEFECTS, FIXES
from .process import DjangoLab

__all__ = ["DEFECTS", "FIXES", "DjangoLab"]
