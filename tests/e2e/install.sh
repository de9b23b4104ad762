#!/bin/bash
# Installed programs find what is shipped with them, and it is whole.
# Usage: install.sh BUILD-FOLDER SOURCE-FOLDER
. "$2/tests/e2e/claims.sh"
expect 0 everything_is_installed env DESTDIR="$folder/root" cmake --install "$1" --prefix /usr
usr=$folder/root/usr
PATH=$usr/bin:$PATH
same the_installed_program_runs "$(command -v ogniwo)" "$usr/bin/ogniwo"
for file in "$usr"/share/ogniwo/programmes/*.yaml; do
    expect 0 shipped_programmes_load_where_they_stand ogniwo config check "$file"
done
same all_programmes_are_there "$(ls "$usr/share/ogniwo/programmes")" "$(ls "$source_folder/config/programmes")"
expect 0 shipped_settings_are_there ogniwo config check "$usr/share/ogniwo/broker.yaml" "$usr/share/ogniwo/node.yaml"
expect 0 shipped_regions_are_found ogniwo regions show PL-1411
expect 0 shipped_indicators_load ogniwo config check "$usr"/share/ogniwo/indicators/*.yaml
exit $((faults > 0))
