# The site for production; see docker-compose.yml for the services that run it.
FROM python:3.11-slim

ENV APP_ENV_READY=1 \
    PYTHONUNBUFFERED=1 \
    PRODUCTION=True \
    VAR_DIR=/site/var \
    MEDIA_ROOT=/site/media \
    STATIC_ROOT=/site/staticfiles
WORKDIR /site

# Only wheels, only with the hashes of the lock: no compiler, nothing that was not reviewed.
COPY config/requirements/run.txt config/requirements/run.txt
RUN pip install --no-cache-dir --disable-pip-version-check --only-binary=:all: --require-hashes \
    --requirement config/requirements/run.txt

# New volumes take the owner of these folders.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin site \
    && install --directory --owner=site --group=site /site/var /site/media /secrets

COPY . .
# The key lives for this one command; the running site reads its own.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" ALLOWED_HOSTS=localhost \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q .

USER site
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--log-level", "warning"]
