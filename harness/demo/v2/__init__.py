"""The second API: tokens instead of names and keys, rights before bodies, and answers that say what was wrong.

Source: Django REST Framework, django-filter, and python/pythondotorg before and after pull requests 2947, 3014, 3016.
"""
