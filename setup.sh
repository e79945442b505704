#!/usr/bin/env bash
# All that the demonstration and the tests stand on: a Python environment from the lock, a few system libraries, the
# front end, a key, the collected static files. Costs nothing when nothing changed: each step keeps a hash of what it
# was made from. `setup.sh browser` also wants Chromium and an OpenID Connect provider for the journeys, and goes on
# without them. `setup.sh production` installs only what runs, as the Dockerfile does, and makes no key.
set -euo pipefail
cd "$(dirname "$0")"

FRONTEND=tiptracker/web/frontend
PROVIDER=tests/journeys/openid_provider
STATIC=var/static

MODE=${1:-}

say() { echo "setup: $*"; }

give_up() {
    echo "setup: $*" >&2
    exit 1
}

# Installs Debian packages if it may: as root, or with a sudo that asks for no password.
install_packages() {
    local as_root=()
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    say "installing $*"
    "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The first Python that is new enough, or nothing.
find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 /usr/bin/python3 /usr/bin/python3.{14,13,12}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

hash_of() { find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

is_made() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }

make_environment() {
    local made_from python version
    made_from=$(hash_of requirements.lock)$([ "$MODE" != production ] || echo " production")
    if [ -x .venv/bin/python ] && is_made .venv/made-from "$made_from"; then return; fi

    if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        python=$(find_python) || { install_packages python3 python3-venv && python=$(find_python); } ||
            give_up "no Python 3.12 or newer here. Install one (on Debian 13: apt-get install python3 python3-venv)."
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        say "making .venv with Python $version ($python)"
        rm -rf .venv
        "$python" -m venv .venv >/dev/null 2>&1 || {
            install_packages "python$version-venv" && "$python" -m venv .venv
        } || give_up "Python $version can't make environments. Install its venv (apt-get install python$version-venv)."
    fi

    say "installing what requirements.lock names"
    # uv itself comes from the lock too, so that nothing without a hash is ever installed.
    if [ ! -x .venv/bin/uv ]; then
        sed -n '/^uv==/,/[^\\]$/p' requirements.lock >.venv/uv.lock
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock
    fi
    if [ "$MODE" = production ]; then
        .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes \
            -r pyproject.toml --constraint requirements.lock
    else
        .venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
    fi ||
        give_up "the Python packages could not be installed. Is PyPI reached from here?"
    echo "$made_from" >.venv/made-from
}

# What Python's packages load by name: Pango for PDFs, libmagic for what a file really is.
find_libraries() {
    local library missing=()
    declare -A packages=(
        [libpango-1.0.so.0]=libpango-1.0-0
        [libpangoft2-1.0.so.0]=libpangoft2-1.0-0
        [libharfbuzz-subset.so.0]=libharfbuzz-subset0
        [libmagic.so.1]=libmagic1
    )
    local known
    known=$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p)
    for library in "${!packages[@]}"; do
        [[ $known == *"$library"* ]] || missing+=("${packages[$library]}")
    done
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}" ||
        give_up "system libraries are missing. Install them: apt-get install ${missing[*]}"
}

make_key() {
    [ -s var/secret_key ] && return
    mkdir -p var
    (umask 077 && .venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))' >var/secret_key)
}

# Those of a folder, as its lock has them, whose hash is the second argument.
install_node_packages() {
    if is_made "$1/node_modules/made-from" "$2"; then return; fi
    npm ci --prefix "$1" --no-audit --no-fund --loglevel=error >/dev/null || return 1
    echo "$2" >"$1/node_modules/made-from"
}

build_frontend() {
    local packages sources
    packages=$(hash_of "$FRONTEND/package-lock.json")
    sources=$(hash_of "$FRONTEND"/package*.json "$FRONTEND"/*.mjs "$FRONTEND"/{img,js,scss})
    if is_made "$FRONTEND/dist/made-from" "$sources"; then return; fi

    if ! node -e 'process.exit(+(parseInt(process.versions.node) < 20))' 2>/dev/null || ! command -v npm >/dev/null; then
        install_packages nodejs npm ||
            give_up "no Node.js 20 or newer with npm here; the front end is built with it: apt-get install nodejs npm"
    fi
    say "building the front end"
    install_node_packages "$FRONTEND" "$packages" ||
        give_up "the front end's packages could not be installed. Is the npm registry reached from here?"
    npm run build --prefix "$FRONTEND" --silent || give_up "the front end was not built; the reason stands above."
    echo "$sources" >"$FRONTEND/dist/made-from"
}

collect_static_files() {
    local made_from
    made_from=$(cat .venv/made-from "$FRONTEND/dist/made-from" tiptracker/web/static_files.py | sha256sum | cut -d' ' -f1)
    if [ -s "$STATIC/staticfiles.json" ] && is_made "$STATIC.made-from" "$made_from"; then return; fi
    say "collecting static files"
    SECRET_KEY=${SECRET_KEY:-unused} STATIC_ROOT=$STATIC .venv/bin/python manage.py collectstatic --noinput --clear --verbosity 0
    echo "$made_from" >"$STATIC.made-from"
}

# Whether the catalogue of a language has no compiled file that is as new.
has_new_catalogues() {
    local catalogue
    for catalogue in tiptracker/locale/*/LC_MESSAGES/django.po; do
        if [ -e "$catalogue" ] && [ ! "${catalogue%.po}.mo" -nt "$catalogue" ]; then return 0; fi
    done
    return 1
}

compile_catalogues() {
    SECRET_KEY=${SECRET_KEY:-unused} .venv/bin/python manage.py compilemessages
}

find_browser() {
    if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
        return
    fi
    install_packages chromium || say "no Chromium here: the browser journeys will not be run"
}

make_environment
find_libraries
[ "$MODE" = production ] || make_key
build_frontend
collect_static_files
if has_new_catalogues; then compile_catalogues; fi
if [ "$MODE" = production ]; then
    .venv/bin/python -m compileall -q manage.py tiptracker recommendations dialogues reports
elif [ "$MODE" = browser ]; then
    find_browser
    install_node_packages "$PROVIDER" "$(hash_of "$PROVIDER/package-lock.json")" ||
        say "no OpenID Connect provider here: its browser journey will not be run"
fi
