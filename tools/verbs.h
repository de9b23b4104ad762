/* verbs: what `ogniwo` can do. Each takes the words from its own name on and returns the exit
 * code. */
#ifndef TOOLS_VERBS_H
#define TOOLS_VERBS_H

/* X(words, function, summary), in the order of the help. */
#define VERBS_LIST(X)                                                                              \
    X("import", verb_import, "import office tables into a node")                                   \
    X("totals", verb_totals, "totals against targets, live or as of a date")                       \
    X("targets", verb_targets, "how each target stands, and when it will be met")                  \
    X("explain", verb_explain, "the events and people behind one figure of the totals")            \
    X("status", verb_status, "how the broker and a node are")                                      \
    X("rejects ls", verb_rejects_ls, "rows that were refused, at a node or at the lead")           \
    X("rejects show", verb_rejects_show, "one file's report, or one batch's refused rows")         \
    X("reasons", verb_reasons, "why rows are refused, and what else is said of them")              \
    X("node ls", verb_node_ls, "the nodes and how far each is")                                    \
    X("node enrol", verb_node_enrol, "enrol a partner's node and make its join file")              \
    X("node revoke", verb_node_revoke, "let a node in no longer")                                  \
    X("programme ls", verb_programme_ls, "programmes and their versions")                          \
    X("programme put", verb_programme_put, "put a programme file in force")                        \
    X("people merge", verb_people_merge, "people of several offices are one person")               \
    X("people split", verb_people_split, "take a wrong merge back, or part people by number")      \
    X("people ls", verb_people_ls, "merges and splits decided so far")                             \
    X("person find", verb_person_find, "at a node: an identifier's NODE:NUMBER")                   \
    X("period close", verb_period_close, "close a period: what comes later is a correction")       \
    X("period ls", verb_period_ls, "closed periods")                                               \
    X("period show", verb_period_show, "a closed period's figures, then and now")                  \
    X("log info", verb_log_info, "what the log holds")                                             \
    X("log tail", verb_log_tail, "its last entries")                                               \
    X("log show", verb_log_show, "one entry, with its events")                                     \
    X("log verify", verb_log_verify, "check every entry: signatures, chains, root")                \
    X("log digest", verb_log_digest, "the log's root and the digest of all totals")                \
    X("replay", verb_replay, "rebuild all totals beside the live ones and compare")                \
    X("keys new", verb_keys_new, "make a key file")                                                \
    X("keys show", verb_keys_show, "the public parts of a key file")                               \
    X("regions import", verb_regions_import, "a region table from the official register (TERC)")   \
    X("regions check", verb_regions_check, "check region tables, and when they change")            \
    X("regions show", verb_regions_show, "a region with its days, and what lies around it")        \
    X("config check", verb_config_check, "check a file that someone has written")                  \
    X("config show", verb_config_show, "print a programme file as it is understood")               \
    X("config schema", verb_config_schema, "print a JSON Schema of the programme file")

#define VERBS_DECLARE(words, function, summary) int function(int count, char **words_of);
VERBS_LIST(VERBS_DECLARE)
#undef VERBS_DECLARE

#endif
