/* broker.yaml, node.yaml, join and key files: defaults, paths, round trips, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/exchange.h"
#include "support/mem_failing.h"
#include "unit/config/files.h"

#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static char folder[64];

static int setup(void **state)
{
    (void)state;
    files_folder(folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    files_remove(folder, "f");
    return rmdir(folder);
}

static const char *write_file(const char *text, size_t size)
{
    static char path[128];
    files_write(folder, "f", text, size);
    files_path(path, sizeof path, folder, "f");
    return path;
}

static void the_shipped_files_are_the_printed_defaults(void **state)
{
    (void)state;
    struct broker_config broker;
    struct node_config node;
    struct buffer out = {.bytes_max = 1 << 16};
    broker_config_defaults(&broker);
    assert_int_equal(ERR_OK, broker_config_print(&broker, &out));
    char *text = files_read(SOURCE_DIR "/config/broker.yaml");
    assert_true(bytes_is(buffer_bytes(&out), text));
    free(text);
    buffer_clear(&out);
    node_config_defaults(&node);
    assert_int_equal(ERR_OK, node_config_print(&node, &out));
    text = files_read(SOURCE_DIR "/config/node.yaml");
    assert_true(bytes_is(buffer_bytes(&out), text));
    free(text);
    buffer_fini(&out);
}

static void the_shipped_files_load_as_the_defaults(void **state)
{
    (void)state;
    struct broker_config broker;
    struct broker_config broker_again;
    struct node_config node;
    struct node_config node_again;
    struct config_fault fault;
    broker_config_defaults(&broker);
    node_config_defaults(&node);
    assert_int_equal(ERR_OK,
                     broker_config_load(SOURCE_DIR "/config/broker.yaml", &broker_again, &fault));
    assert_string_equal(broker.store, broker_again.store);
    assert_string_equal(broker.people, broker_again.people);
    assert_string_equal(broker.listen, broker_again.listen);
    assert_string_equal(broker.admin, broker_again.admin);
    assert_string_equal(broker.keys, broker_again.keys);
    assert_string_equal("info", broker_again.log_level);
    assert_int_equal(0, broker_again.administrator_count);
    assert_int_equal(UINT64_C(64) << 30, broker_again.store_bytes_max);
    assert_int_equal(ERR_OK, node_config_load(SOURCE_DIR "/config/node.yaml", &node_again, &fault));
    assert_string_equal(node.join, node_again.join);
    assert_string_equal(node.store, node_again.store);
    assert_string_equal(node.admin, node_again.admin);
    assert_string_equal("", node_again.folder);
    assert_string_equal("ogniwo", node_again.mapping);
    assert_string_equal("", node_again.programme);
    assert_int_equal(2000, node_again.rest_ms);
    assert_int_equal(30000, node_again.rescan_ms);
    assert_int_equal(UINT64_C(4) << 30, node_again.store_bytes_max);
}

static void relative_paths_are_taken_from_the_files_folder(void **state)
{
    (void)state;
    static const char text[] =
        "store: data/log\nlisten: ipc://run/b.sock\nadmin: ipc:///run/a.sock\n"
        "keys: /etc/k\nadministrators: [" KEY "]\n";
    static const char node_text[] = "folder: wrzutka\nmapping: m/my.yaml\nprogramme: \"no\"\n";
    struct broker_config broker;
    struct node_config node;
    struct config_fault fault;
    char wanted[160];
    assert_int_equal(ERR_OK,
                     broker_config_load(write_file(text, sizeof text - 1), &broker, &fault));
    files_path(wanted, sizeof wanted, folder, "data/log");
    assert_string_equal(wanted, broker.store);
    (void)snprintf(wanted, sizeof wanted, "ipc://%s/run/b.sock", folder);
    assert_string_equal(wanted, broker.listen);
    assert_string_equal("ipc:///run/a.sock", broker.admin);
    assert_string_equal("/etc/k", broker.keys);
    assert_string_equal("/var/lib/ogniwo/people", broker.people);
    assert_int_equal(1, broker.administrator_count);
    assert_int_equal(0x1f, broker.administrators[0][31]);
    assert_int_equal(ERR_OK,
                     node_config_load(write_file(node_text, sizeof node_text - 1), &node, &fault));
    files_path(wanted, sizeof wanted, folder, "wrzutka");
    assert_string_equal(wanted, node.folder);
    files_path(wanted, sizeof wanted, folder, "m/my.yaml");
    assert_string_equal(wanted, node.mapping);
    assert_string_equal("no", node.programme);
}

static void feed_stands_beside_the_admin_socket_unless_it_is_named(void **state)
{
    (void)state;
    static const char silent[] = "admin: ipc:///run/a.sock\n";
    static const char named[] = "admin: ipc:///run/a.sock\nfeed: ipc://live.sock\n";
    static const char none[] = "admin: ipc:///run/a.sock\nfeed: \"\"\n";
    char longest[160], wanted[160];
    struct broker_config broker;
    struct config_fault fault;
    assert_int_equal(ERR_OK,
                     broker_config_load(write_file(silent, strlen(silent)), &broker, &fault));
    assert_string_equal("ipc:///run/a.sock.live", broker.feed);
    assert_int_equal(ERR_OK, broker_config_load(write_file(named, strlen(named)), &broker, &fault));
    (void)snprintf(wanted, sizeof wanted, "ipc://%s/live.sock", folder);
    assert_string_equal(wanted, broker.feed);
    assert_int_equal(ERR_OK, broker_config_load(write_file(none, strlen(none)), &broker, &fault));
    assert_string_equal("", broker.feed);
    /* The admin socket's path is as long as the system allows: there is no room beside it. */
    (void)snprintf(longest, sizeof longest, "admin: ipc:///%0106d\n", 0);
    assert_int_equal(ERR_OK,
                     broker_config_load(write_file(longest, strlen(longest)), &broker, &fault));
    assert_string_equal("", broker.feed);
}

static void what_is_printed_loads_as_it_was(void **state)
{
    (void)state;
    struct node_config node;
    struct node_config again;
    struct config_fault fault;
    struct buffer out = {.bytes_max = 1 << 16};
    node_config_defaults(&node);
    strcpy(node.folder, "/srv/Urząd \"pracy\" # \\ : 1/wrzutka");
    strcpy(node.programme, "06");
    strcpy(node.log_level, "debug");
    node.rest_ms = 7;
    assert_int_equal(ERR_OK, node_config_print(&node, &out));
    assert_int_equal(
        ERR_OK, node_config_load(write_file((const char *)out.data, out.size), &again, &fault));
    assert_string_equal(node.folder, again.folder);
    assert_string_equal(node.programme, again.programme);
    assert_string_equal(node.log_level, again.log_level);
    assert_int_equal(7, again.rest_ms);
    buffer_fini(&out);
}

static void wrong_broker_files_are_told_where_and_what_and_how(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *wanted;
    } wrongs[] = {
        {"listn: tcp://*:1", 1, 1, "unknown key \"listn\" in the file (did you mean \"listen\"?)"},
        {"keys: k\nlisten: localhost:5570", 2, 9,
         "\"localhost:5570\" is no address for \"listen\": write tcp://HOST:PORT or "
         "ipc:///run/ogniwo/NAME.sock"},
        {"listen: tcp://localhost", 1, 9,
         "\"tcp://localhost\" is no address for \"listen\": write tcp://HOST:PORT or "
         "ipc:///run/ogniwo/NAME.sock"},
        {"listen: tcp://localhost:65536", 1, 9,
         "\"tcp://localhost:65536\" is no address for \"listen\": write tcp://HOST:PORT or "
         "ipc:///run/ogniwo/NAME.sock"},
        {"admin: tcp://127.0.0.1:1", 1, 8,
         "\"tcp://127.0.0.1:1\" is no address for \"admin\": write ipc:///run/ogniwo/NAME.sock"},
        {"admin: ipc://", 1, 8, "\"admin\" lacks a path: write ipc:///run/ogniwo/NAME.sock"},
        {"log_level: warn", 1, 12,
         "\"warn\" is not allowed for \"log_level\": write one of debug, info, warning, error"},
        {"store_gib: 0", 1, 12, "\"store_gib\" may go from 1 to 65536"},
        {"store_gib: 0x10", 1, 12,
         "\"store_gib\" must be a whole number, written in digits without leading zeros"},
        {"administrators:\n  - 00", 2, 5,
         "\"administrators\" must be 64 hexadecimal digits, and has 2 characters: copy it anew"},
        {"", 0, 0, "the file is empty: write its keys"},
        {"- a", 1, 1,
         "the file must hold keys, of listen, admin, feed, store, people, store_gib, keys, "
         "administrators, "
         "log_level"},
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct broker_config broker;
        struct config_fault fault = {.line = 99};
        const char *path = write_file(wrongs[i].text, strlen(wrongs[i].text));
        assert_int_equal(ERR_CONFIG, broker_config_load(path, &broker, &fault));
        assert_string_equal(wrongs[i].wanted, fault.text);
        assert_int_equal(wrongs[i].line, fault.line);
        assert_int_equal(wrongs[i].column, fault.column);
    }
}

static void a_socket_path_that_the_system_would_cut_is_refused(void **state)
{
    (void)state;
    char text[256] = "admin: ipc:///";
    struct broker_config broker;
    struct config_fault fault;
    memset(text + strlen(text), 'a', 106);
    assert_int_equal(ERR_OK, broker_config_load(write_file(text, strlen(text)), &broker, &fault));
    assert_int_equal(6 + 107, strlen(broker.admin));
    text[strlen(text)] = 'a';
    assert_int_equal(ERR_CONFIG,
                     broker_config_load(write_file(text, strlen(text)), &broker, &fault));
    assert_non_null(strstr(fault.text, "has a path of 108 bytes: the system allows 107"));
}

static void join_of(struct join_file *out)
{
    memset(out, 0, sizeof *out);
    uint8_t next = 1;
    uint8_t *const fields[] = {out->broker_transport_key,
                               out->broker_signing_key,
                               out->administrators[0],
                               out->administrators[1],
                               out->signing_seed,
                               out->transport_seed,
                               out->row_key,
                               out->programmes[0].key,
                               out->programmes[1].key};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        for (size_t j = 0; j < 32; j++) {
            fields[i][j] = next++;
        }
    }
    memset(out->exchange, 0xee, 16);
    memset(out->node, 0x0d, 16);
    strcpy(out->broker, "tcp://[::1]:5570");
    strcpy(out->name, "Urząd: Klucze");
    strcpy(out->partner, "KLUCZ");
    strcpy(out->programmes[0].programme, "ABC");
    strcpy(out->programmes[1].programme, "ZMP");
    out->administrator_count = 2;
    out->programme_count = 2;
    out->signing_key_number = 3;
    out->programmes[0].key_number = 1;
    out->programmes[1].key_number = UINT32_MAX;
}

static void a_join_file_comes_back_as_it_was(void **state)
{
    (void)state;
    struct join_file join;
    struct join_file again;
    struct config_fault fault;
    struct buffer out = {.bytes_max = 1 << 16};
    join_of(&join);
    assert_int_equal(ERR_OK, join_file_print(&join, &out));
    const char *path = write_file((const char *)out.data, out.size);
    assert_int_equal(ERR_OK, join_file_load(path, &again, &fault));
    assert_memory_equal(&join, &again, sizeof join);
    buffer_fini(&out);
}

static void a_wrong_join_file_is_told_without_its_secrets(void **state)
{
    (void)state;
    static const struct {
        const char *find, *put;
        uint32_t line, column;
        const char *wanted;
    } wrongs[] = {
        {"\nrow_key: ", "\nrow_key: x", 19, 10,
         "\"row_key\" must be 64 hexadecimal digits, and has 65 characters: copy it anew"},
        {"partner: KLUCZ\n", "", 4, 1, "the file lacks the key \"partner\": add it"},
        {"    key: ", "    kye: ", 23, 5,
         "unknown key \"kye\" in an entry of \"programmes\" (did you mean \"key\"?)"},
        {"programme: ZMP", "programme: ABC", 26, 16,
         "the programme \"ABC\" stands twice: leave one out"},
        {"key_number: 4294967295", "key_number: 4294967296", 28, 17,
         "\"key_number\" must be a whole number, written in digits without leading zeros"},
        {"signing_key_number: 3", "signing_key_number: 0", 17, 21,
         "\"signing_key_number\" may go from 1 to 4294967295"},
    };
    struct join_file join;
    struct buffer out = {.bytes_max = 1 << 16};
    join_of(&join);
    assert_int_equal(ERR_OK, join_file_print(&join, &out));
    assert_int_equal(ERR_OK, buffer_add(&out, bytes_of("", 1)));
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct config_fault fault;
        char *text = files_replace((const char *)out.data, wrongs[i].find, wrongs[i].put);
        assert_int_equal(ERR_CONFIG, join_file_load(write_file(text, strlen(text)), &join, &fault));
        assert_string_equal(wrongs[i].wanted, fault.text);
        assert_int_equal(wrongs[i].line, fault.line);
        assert_int_equal(wrongs[i].column, fault.column);
        free(text);
    }
    buffer_fini(&out);
}

static void a_join_files_broker_may_lie_beside_it(void **state)
{
    (void)state;
    struct join_file join;
    struct config_fault fault;
    struct buffer out = {.bytes_max = 1 << 16};
    char wanted[128];
    join_of(&join);
    strcpy(join.broker, "ipc://b.sock");
    assert_int_equal(ERR_OK, join_file_print(&join, &out));
    const char *path = write_file((const char *)out.data, out.size);
    assert_int_equal(ERR_OK, join_file_load(path, &join, &fault));
    (void)snprintf(wanted, sizeof wanted, "ipc://%s/b.sock", folder);
    assert_string_equal(wanted, join.broker);
    buffer_fini(&out);
}

static void key_files_come_back_as_they_were(void **state)
{
    (void)state;
    struct key_file files[3] = {{.purpose = "broker"},
                                {.purpose = "administrator"},
                                {.purpose = "programme", .programme = "ABC", .key_number = 9}};
    memset(files[0].signing_seed, 1, 32);
    memset(files[0].transport_seed, 2, 32);
    memset(files[0].people_key, 3, 32);
    memset(files[1].signing_seed, 4, 32);
    memset(files[2].pseudonym_key, 5, 32);
    for (size_t i = 0; i < 3; i++) {
        struct key_file again;
        struct config_fault fault;
        struct buffer out = {.bytes_max = 1 << 16};
        assert_int_equal(ERR_OK, key_file_print(&files[i], &out));
        const char *path = write_file((const char *)out.data, out.size);
        assert_int_equal(ERR_OK, key_file_load(path, &again, &fault));
        assert_memory_equal(&files[i], &again, sizeof again);
        buffer_fini(&out);
    }
}

static void a_key_file_holds_just_the_keys_of_its_purpose(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *wanted;
    } wrongs[] = {
        {"purpose: brokr\n", 1, 10,
         "\"brokr\" is not allowed for \"purpose\" (did you mean \"broker\"?): write one of "
         "broker, "
         "administrator, programme"},
        {"signing_seed: " KEY "\n", 1, 1, "the file lacks the key \"purpose\": add it"},
        {"purpose: administrator\n", 1, 1, "the file lacks the key \"signing_seed\": add it"},
        {"purpose: administrator\nsigning_seed: " KEY "\npeople_key: " KEY "\n", 3, 1,
         "unknown key \"people_key\" in the file (known: purpose, signing_seed)"},
        {"purpose: programme\nprogramme: A\nkey_number: 1\npseudonym_key: [" KEY "]\n", 4, 16,
         "\"pseudonym_key\" must be one value, not a list"},
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct key_file keys;
        struct config_fault fault;
        const char *path = write_file(wrongs[i].text, strlen(wrongs[i].text));
        assert_int_equal(ERR_CONFIG, key_file_load(path, &keys, &fault));
        assert_string_equal(wrongs[i].wanted, fault.text);
        assert_int_equal(wrongs[i].line, fault.line);
        assert_int_equal(wrongs[i].column, fault.column);
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    struct join_file join;
    struct buffer out = {.bytes_max = 1 << 16};
    join_of(&join);
    assert_int_equal(ERR_OK, join_file_print(&join, &out));
    const char *path = write_file((const char *)out.data, out.size);
    enum err err = ERR_MEMORY;
    for (size_t nth = 1; err == ERR_MEMORY; nth++) {
        struct config_fault fault;
        mem_failing_at(nth);
        err = join_file_load(path, &join, &fault);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(ERR_OK, err);
    buffer_fini(&out);
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    struct broker_config broker;
    struct config_fault fault;
    assert_int_equal(ERR_NOT_FOUND, broker_config_load("/nonexistent/b.yaml", &broker, &fault));
    assert_string_equal("cannot open \"/nonexistent/b.yaml\": No such file or directory",
                        fault.text);
    char *large = calloc(1, 65537);
    assert_non_null(large);
    memset(large, '\n', 65537);
    assert_int_equal(ERR_FULL, broker_config_load(write_file(large, 65537), &broker, &fault));
    assert_non_null(strstr(fault.text, "is larger than the 65536 bytes"));
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_files_are_the_printed_defaults),
        cmocka_unit_test(the_shipped_files_load_as_the_defaults),
        cmocka_unit_test(relative_paths_are_taken_from_the_files_folder),
        cmocka_unit_test(feed_stands_beside_the_admin_socket_unless_it_is_named),
        cmocka_unit_test(what_is_printed_loads_as_it_was),
        cmocka_unit_test(wrong_broker_files_are_told_where_and_what_and_how),
        cmocka_unit_test(a_socket_path_that_the_system_would_cut_is_refused),
        cmocka_unit_test(a_join_file_comes_back_as_it_was),
        cmocka_unit_test(a_wrong_join_file_is_told_without_its_secrets),
        cmocka_unit_test(a_join_files_broker_may_lie_beside_it),
        cmocka_unit_test(key_files_come_back_as_they_were),
        cmocka_unit_test(a_key_file_holds_just_the_keys_of_its_purpose),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(a_file_that_cannot_be_read_is_named),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
