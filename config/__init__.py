"""Settings, addresses, workers and start of the site.

Imports nothing: `manage.py` reads `config.bootstrap` before any library is installed. The Celery
application is loaded with Django's app registry, by `config/apps.py`.
"""
