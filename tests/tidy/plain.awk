# C files as lines of "path TAB number TAB text", comments and the insides of literals blanked, so
# that the rules see code only. Lines that include keep their text.
FNR == 1 { comment = 0 }
!comment && /^[ \t]*#[ \t]*include/ { print FILENAME "\t" FNR "\t" $0; next }
!comment && !/["'\/]/ { print FILENAME "\t" FNR "\t" $0; next }
{
    out = ""
    rest = $0
    while (rest != "") {
        if (comment) {
            end = index(rest, "*/")
            if (end == 0) break
            rest = substr(rest, end + 2)
            comment = 0
            out = out " "
        } else if (match(rest, /["']|\/\*|\/\//) == 0) {
            out = out rest
            break
        } else {
            mark = substr(rest, RSTART, RLENGTH)
            out = out substr(rest, 1, RSTART - 1)
            rest = substr(rest, RSTART + RLENGTH)
            if (mark == "//") break
            if (mark == "/*") {
                comment = 1
            } else {
                literal = mark == "\"" ? "^([^\"\\\\]|\\\\.)*\"" : "^([^'\\\\]|\\\\.)*'"
                out = out mark mark
                rest = match(rest, literal) ? substr(rest, RLENGTH + 1) : ""
            }
        }
    }
    sub(/[ \t]+$/, "", out)
    print FILENAME "\t" FNR "\t" out
}
