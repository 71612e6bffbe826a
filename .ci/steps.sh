# Steps with a title, a time limit in seconds and their duration. Sourced by .ci/run.

step() {
    local title=$1 limit=$2 began=$SECONDS code=0
    shift 2
    printf '\n=== %s\n' "$title"
    if [[ $(type -t "$1") == function ]]; then
        # They set variables of this shell and limit their own programs. `set -e` does not reach
        # into them from here, so each of their commands says what its failure means.
        STEP_LIMIT=$limit "$@" || code=$?
    else
        timeout --kill-after=20 "$limit" "$@" </dev/null || code=$?
    fi
    if [[ $code -ne 0 ]]; then
        [[ $code -eq 124 ]] && printf 'Out of time after %s s.\n' "$limit"
        printf '=== FAILED (%s) after %s s: %s\n' "$code" "$((SECONDS - began))" "$title"
        exit "$code"
    fi
    printf '=== ok, %s s: %s\n' "$((SECONDS - began))" "$title"
}

# Django's own check of a production site, with the settings of docker-compose.yml behind a proxy.
production_check() {
    env PRODUCTION=True SSL_REDIRECT=True ALLOWED_HOSTS=pledges.example.org \
        SECRET_KEY="$("$1" -c 'import secrets; print(secrets.token_urlsafe(60))')" \
        timeout "$STEP_LIMIT" "$1" manage.py check --deploy --fail-level WARNING
}
