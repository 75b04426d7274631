# Right here, or in a room of its own: there the folder of crontabs, the list of users and what cron begins for the
# system are the test's.
folder=$1
say() { printf '\n====\n'; }
if [ "$2" = room ]; then
    mkdir -p "$folder/crontabs" "$folder/none"
    chmod 1730 "$folder/crontabs"
    chgrp crontab "$folder/crontabs"
    sed "s|^root:.*|root:x:0:0:root:$HOME:/bin/bash|" /etc/passwd >"$folder/passwd"
    mount --bind "$folder/crontabs" /var/spool/cron/crontabs
    mount --bind "$folder/passwd" /etc/passwd
    mount --bind "$folder/none" /etc/cron.d
    mount --bind /dev/null /etc/crontab
    mount -t tmpfs tmpfs /run
fi
printf '# mine\nMAILTO=""\n0 0 1 1 * true 100\\%%\n' | crontab -
before=$(crontab -l)
printf %s "$before"
# The next minute, by the clock that cron has; or that after it, if it is about to begin.
at=$(date -d '+1 minute' +%H:%M)
[ "$(date +%S)" -lt 50 ] || at=$(date -d '+2 minutes' +%H:%M)
cd "$HOME"
importer schedule "exports 100%/o'clock.csv" --profile north --daily "$at" --cron --yes >/dev/null
say
crontab -l
# From here on, nothing but what cron has.
cron -f &
cron=$!
while true; do
    ps -eo args
    sleep 0.05
done >"$folder/processes" &
watcher=$!
for _ in $(seq 600); do
    [ "$(importer history --json --profile north | grep -c '"state": "ended"')" = 0 ] || break
    sleep 0.2
done
kill "$cron" "$watcher"
say
importer history --json --profile north
importer schedule --remove --profile north --yes 2>/dev/null
printf '====\n'
printf %s "$(crontab -l)"
say
sort -u "$folder/processes"
