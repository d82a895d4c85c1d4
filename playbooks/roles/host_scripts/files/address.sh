# shellcheck shell=bash
# Service addresses on an interface, and DNS records.

address_here() { [ -n "$(ip -o address show dev "$my_interface" to "${address%/*}")" ]; }

address_look() { whether open address_here; }

address_close() {
  if ! address_here; then return 0; fi
  act "take $address from $my_interface" ip address del "$address" dev "$my_interface"
}

# The neighbours must forget the old machine at once: a gratuitous ARP, or for IPv6 an address that is used without waiting for
# duplicate address detection, whose neighbour advertisement the kernel sends.
address_add() {
  case $address in
    *:*) ip address add "$address" dev "$my_interface" nodad ;;
    *)
      ip address add "$address" dev "$my_interface"
      if command -v arping >/dev/null; then
        arping -q -U -c 1 -w 1 -I "$my_interface" "${address%/*}" || true
      fi
      ;;
  esac
}

address_open() {
  if address_here; then return 0; fi
  act "give $address to $my_interface" address_add
}

dns_ask() {
  dig +noall +answer +norecurse +tries=2 +time=2 -p "${port:-53}" "@$server" "$component" "${type:-A}" |
    awk -v name="${component%.}." -v type="${type:-A}" 'tolower($1) == tolower(name) && $4 == type { print $2, $5 }' | sort
}

dns_wanted() {
  local value
  for value in "${my_addresses[@]}"; do echo "$1 $value"; done | sort
}

dns_here() { [ "$(awk '{ print $2 }' <<<"$1")" = "$(dns_wanted '' | tr -d ' ')" ]; }

dns_look() {
  local answer seconds
  answer=$(dns_ask)
  seconds=$(awk 'NR == 1 { print $1 }' <<<"$answer")
  fact addresses "$(text "$(awk '{ print $2 }' <<<"$answer" | xargs)")"
  fact ttl "${seconds:-0}"
  whether open dns_here "$answer"
}

dns_update() {
  local value
  {
    echo "server $server ${port:-53}"
    echo "zone $zone"
    echo "update delete ${component%.}. ${type:-A}"
    for value in "${my_addresses[@]}"; do echo "update add ${component%.}. $1 ${type:-A} $value"; done
    echo send
  } | nsupdate -t 5 -k "$key_file"
}

# set_record SECONDS
set_record() {
  if [ "$(dns_ask)" = "$(dns_wanted "$1")" ]; then return 0; fi
  act "point $component to ${my_addresses[*]}, time to live $1 s" dns_update "$1"
}

dns_open() { set_record "${ttl:-60}"; }

dns_back() { set_record "${ttl_before:-3600}"; }
