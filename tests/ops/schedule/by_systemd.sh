# In a room of its own: the manager of a user, whose units are in the test's home.
export XDG_RUNTIME_DIR=/run/user/0
mount -t tmpfs tmpfs /run
mkdir -p "$XDG_RUNTIME_DIR" /run/systemd/system
/lib/systemd/systemd --user >/dev/null 2>&1 &
manager=$!
for _ in $(seq 200); do
    [ ! -e "$XDG_RUNTIME_DIR/systemd/private" ] || break
    sleep 0.1
done
[ -e "$XDG_RUNTIME_DIR/systemd/private" ] || {
    echo "no systemd of one's own begins here" >&2
    exit 77
}
cd "$HOME"
importer schedule "exports 100%/o'clock.csv" --profile north --daily 06:15 --yes >/dev/null 2>&1
systemctl --user list-timers --all --no-pager importer-north.timer
printf '\n====\n'
systemctl --user start importer-north.service
systemctl --user show importer-north.service --no-pager
printf '\n====\n'
importer history --json --profile north
importer schedule --remove --profile north --yes 2>/dev/null
printf '\n====\n'
find "$HOME/.config" "$HOME/.local"
systemctl --user exit
wait "$manager" || true
