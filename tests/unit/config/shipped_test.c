/* The programme files that are shipped: each loads, and its figures are those of its source, which
 * are written down here a second time. The files that programmes include load too. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "config/programme_file.h"

static const struct figure {
    const char *programme, *indicator, *unit;
    enum target_kind kind;
    enum target_op op;
    int64_t value;
    const char *words; /* a part of them that no other figure has */
} figures[] = {
    {"ZMP", "budget", "PLN", TARGET_MONEY, TARGET_EQ, 1838000, "Budżet projektu: 1 838 000 zł"},
    {"ZMP", "budget", "PLN", TARGET_MONEY, TARGET_EQ, 1838000, "Wartość projektu: 1 838 000,00 zł"},
    {"ZMP", "partnership_people", "person", TARGET_PLANNED, TARGET_APPROX, 45,
     "ok.45 os. zaangażowanych w partnerstwo publiczno - społeczne"},
    {"ZMP", "partnership_entities", "entity", TARGET_ACHIEVED, TARGET_EQ, 34,
     "34 podmioty funkcjonujące na terenie województwa podlaskiego"},
    {"ZMP", "advisers_trained", "person", TARGET_PLANNED, TARGET_EQ, 30,
     "Planowane jest uczestnictwo 30 osób"},
    {"ZMP", "advisers_per_county", "person", TARGET_PLANNED, TARGET_AVG, 2,
     "średnio 2 osoby na powiat"},
    {"ZMP", "advisers_women", "person", TARGET_PLANNED, TARGET_EQ, 25, "w tym 25 kobiet"},
    {"ZMP", "training_blocks", "course", TARGET_PLANNED, TARGET_EQ, 5, "przeszkolone z V bloków"},
    {"ZMP", "advisers_trained", "person", TARGET_ACHIEVED, TARGET_EQ, 30,
     "wyłoniliśmy 30 kandydatów na doradców"},
    {"ZMP", "training_blocks", "course", TARGET_ACHIEVED, TARGET_EQ, 5,
     "przeszkoleni w V blokach tematycznych"},
    {"ZMP", "consultation_hours", "hour", TARGET_ACHIEVED, TARGET_EQ, 600,
     "łącznie 600h konsultacji z obszaru ZMP"},
    {"ZMP", "people_without_job", "person", TARGET_PLANNED, TARGET_EQ, 150,
     "-150 os pozostających bez zatrudnienia"},
    /* Derived: no source has this row. */
    {"ZMP", "people_trained", "person", TARGET_PLANNED, TARGET_EQ, 150,
     "-150 os pozostających bez zatrudnienia"},
    {"ZMP", "people_trained", "person", TARGET_ACHIEVED, TARGET_EQ, 148, "148 osób przeszkolonych"},
    {"ZMP", "internship_share", "percent", TARGET_ACHIEVED, TARGET_APPROX, 30,
     "Ok 30 % uczestników projektu zostało skierowanych"},
    {"ZMP", "tv_episodes", "episode", TARGET_ACHIEVED, TARGET_EQ, 15, "15 odcinków"},
    {"JOBTOWN", "local_groups", "entity", TARGET_PLANNED, TARGET_PER, 1,
     "każdy z partnerów zobowiązany jest to powołania Lokalnej"},
    {"JOBTOWN", "local_action_plans", "document", TARGET_PLANNED, TARGET_PER, 1,
     "główne zadanie stojące przed Lokalną Grupą w każdym mieście"},
    {"JOBTOWN", "lgw_meetings", "event", TARGET_ACHIEVED, TARGET_EQ, 4,
     "Lokalna Grupa Wsparcia Projektu JobTown spotkała się cztery"},
    {"ABC", "coaches_hired", "person", TARGET_ACHIEVED, TARGET_EQ, 13, "Zatrudniliśmy 13 trenerów"},
    {"ABC", "coached", "person", TARGET_ACHIEVED, TARGET_EQ, 391, "objęli wsparciem 391 osoby"},
    {"ABC", "coaching_completed", "person", TARGET_ACHIEVED, TARGET_EQ, 365,
     "z czego 365 zakończyło proces coachingu"},
    {"ABC", "took_job", "person", TARGET_ACHIEVED, TARGET_GT, 100,
     "Ponad 100 osób podjęło zatrudnienie"},
    {"ABC", "own_business", "person", TARGET_ACHIEVED, TARGET_EQ, 6,
     "6 osób założyło własne firmy"},
    {"ABC", "internship_done", "person", TARGET_ACHIEVED, TARGET_EQ, 45,
     "45 osób odbyło staże zawodowe"},
    {"ABC", "cis_programme", "person", TARGET_ACHIEVED, TARGET_TEEN, 11,
     "kilkanaście -indywidualny program zatrudnienia w CIS"},
    {"ABC", "volunteer", "person", TARGET_ACHIEVED, TARGET_EQ, 9,
     "9 klientów pracuje w charakterze wolantariuszy"},
    {"ABC", "training_completed", "person", TARGET_ACHIEVED, TARGET_EQ, 183,
     "183 ukończyło szkolenia zawodowe"},
    {"ABC", "further_education", "person", TARGET_ACHIEVED, TARGET_EQ, 4,
     "a 4 podjęły dalszą naukę"},
    {"ABC", "participants_total", "person", TARGET_ACHIEVED, TARGET_EQ, 1346,
     "objęliśmy wsparciem 1346 osób"},
    {"ABC", "participants_completed", "person", TARGET_ACHIEVED, TARGET_EQ, 1307,
     "z czego 1307 zakończyło udział w projekcie"},
    {"ABC", "incubators", "entity", TARGET_ACHIEVED, TARGET_EQ, 2,
     "Inkubatory Ekonomii Społecznej w Kluczach i w Nowym Sączu z"},
    {"ABC", "entities_founded", "entity", TARGET_ACHIEVED, TARGET_EQ, 4,
     "powstały cztery nowe podmioty społeczne"},
    {"ABC", "cooperatives_founded", "entity", TARGET_ACHIEVED, TARGET_EQ, 2,
     "Spółdzielnię Socjalną „Opoka\" w Kluczach oraz Spółdzielnię"},
    {"ABC", "associations_founded", "entity", TARGET_ACHIEVED, TARGET_EQ, 2,
     "dwa stowarzyszenia: „Aktywne Wsparcie\" w Nowym Sączu oraz"},
    {"ABC", "incubator_advice", "person", TARGET_ACHIEVED, TARGET_EQ, 207,
     "skorzystało dotychczas 207 osób"},
    {"ABC", "founders_trained", "person", TARGET_ACHIEVED, TARGET_EQ, 242,
     "cykl szkoleń dla 242 osób"},
    {"ABC", "info_meeting_people", "person", TARGET_ACHIEVED, TARGET_EQ, 492,
     "uczestniczyły 492 osoby"},
    {"LUBUSKIE", "school_heads_network", "person", TARGET_PLANNED, TARGET_GE, 15,
     "Co najmniej 15 dyrektorów, zastępców dyrektorów szkół"},
    {"LUBUSKIE", "conference_teachers", "person", TARGET_PLANNED, TARGET_GE, 15,
     "Minimum 15 nauczycieli kształcenia zawodowego weźmie udział w"},
    {"LUBUSKIE", "curriculum_teachers", "person", TARGET_PLANNED, TARGET_GE, 15,
     "konstruowania i modyfikowania programów nauczania"},
    {"LUBUSKIE", "curriculum_fragments", "document", TARGET_PLANNED, TARGET_EQ, 3,
     "Powstaną 3 fragmenty poprawnie opracowanych programów dla"},
    {"LUBUSKIE", "kkz_teachers", "person", TARGET_PLANNED, TARGET_GE, 15,
     "i udoskonali umiejętności przygotowywania oferty,"},
    {"LUBUSKIE", "kkz_fragments", "document", TARGET_PLANNED, TARGET_EQ, 3,
     "Powstaną 3 fragmenty poprawnie opracowanych programów dla"},
    {"LUBUSKIE", "branch_forms", "course", TARGET_PLANNED, TARGET_EQ, 4,
     "4 branżowych form edukacyjnych doskonalenia"},
    {"LUBUSKIE", "branch_teachers", "person", TARGET_PLANNED, TARGET_GE, 45,
     "Co najmniej 45 nauczycieli 4 branż odbędzie szkolenie"},
    {"LUBUSKIE", "postgraduate_maths", "person", TARGET_PLANNED, TARGET_EQ, 20,
     "Przewiduje się 20 uczestników studiów podyplomowych"},
    {"LUBUSKIE", "qualification_training", "person", TARGET_PLANNED, TARGET_APPROX, 300,
     "(ok. 300 osób)"},
    {"LUBUSKIE", "ict_training", "person", TARGET_PLANNED, TARGET_APPROX, 250, "(ok. 250 osób)"},
    {"LUBUSKIE", "internship_young", "person", TARGET_PLANNED, TARGET_APPROX, 2000,
     "skierowanych zostanie około 2.000 młodych osób bezrobotnych"},
    {"LUBUSKIE", "money_2.4.1", "PLN", TARGET_MONEY, TARGET_EQ, 5500000,
     "Środki Funduszu Pracy – 5.500,0 tys. zł"},
    {"LUBUSKIE", "ohp_learners", "person", TARGET_PLANNED, TARGET_AVG, 1323,
     "średnia liczba uczestników objętych nauką w całym roku"},
    {"LUBUSKIE", "ohp_learners_boarding", "person", TARGET_PLANNED, TARGET_EQ, 189,
     "w tym 189 stacjonarnych"},
    {"LUBUSKIE", "vocational_completed", "person", TARGET_PLANNED, TARGET_APPROX, 471,
     "przygotowanie zawodowe ukończy ok. 471 osób"},
    {"LUBUSKIE", "apprenticeship_completed", "person", TARGET_PLANNED, TARGET_APPROX, 391,
     "przyuczenie do wykonywania określonej pracy ukończy ok. 391"},
    {"LUBUSKIE", "exam_taken", "person", TARGET_PLANNED, TARGET_APPROX, 80,
     "ok. 80 osób przystąpi do egzaminów na tytuły kwalifikacyjne"},
    {"LUBUSKIE", "wage_refund_employers", "employer", TARGET_PLANNED, TARGET_EQ, 1000,
     "refundacje wynagrodzeń dla 1.000 pracodawców"},
    {"LUBUSKIE", "wage_refund_money", "PLN", TARGET_MONEY, TARGET_EQ, 7000000,
     "na kwotę 7.000 tys. zł"},
    {"LUBUSKIE", "young_workers", "person", TARGET_PLANNED, TARGET_EQ, 4500,
     "zatrudniających 4.500 młodocianych pracowników"},
    {"LUBUSKIE", "training_institutions", "entity", TARGET_PLANNED, TARGET_NONE, 0,
     "Rezultaty określane będą na podstawie liczby instytucji w RIS"},
    {"LUBUSKIE", "adult_learners", "person", TARGET_PLANNED, TARGET_EQ, 2000,
     "Liczba osób dorosłych w wieku 25-64 lata, które uczestniczyły"},
    {"LUBUSKIE", "adult_languages", "person", TARGET_PLANNED, TARGET_EQ, 1000,
     "w tym w zakresie języków obcych – 1.000"},
    {"LUBUSKIE", "adult_ict", "person", TARGET_PLANNED, TARGET_EQ, 1000,
     "w tym w zakresie ICT – 1.000"},
    {"LUBUSKIE", "money_2.5.3", "PLN", TARGET_MONEY, TARGET_EQ, 7665600, "7.665,6 tys. zł"},
    {"LUBUSKIE", "qualifications", "person", TARGET_PLANNED, TARGET_APPROX, 2000,
     "przez około 2.000 osób bezrobotnych"},
    {"LUBUSKIE", "internship_experience", "person", TARGET_PLANNED, TARGET_APPROX, 3000,
     "przez około 3.000 osób"},
    {"LUBUSKIE", "money_2.5.4", "PLN", TARGET_MONEY, TARGET_APPROX, 15000000,
     "około 15.000,0 tys. zł"},
    {"LUBUSKIE", "career_centre_clients", "person", TARGET_PLANNED, TARGET_EQ, 5400,
     "zostanie objętych 5.400 osób zarejestrowanych w urzędach"},
    {"LUBUSKIE", "social_work", "person", TARGET_PLANNED, TARGET_APPROX, 4000,
     "zostanie objętych ok. 4.000 osób bezrobotnych w szczególnej"},
    {"LUBUSKIE", "money_3.2.1", "PLN", TARGET_MONEY, TARGET_APPROX, 1200000,
     "około 1.200,0 tys. zł"},
    {"LUBUSKIE", "placement", "person", TARGET_PLANNED, TARGET_APPROX, 6500,
     "Objęcie usługą pośrednictwa pracy ok. 6.500 osób w wieku"},
    {"LUBUSKIE", "job_offers", "offer", TARGET_PLANNED, TARGET_APPROX, 3500,
     "Pozyskanie ok. 3.500 ofert pracy"},
    {"LUBUSKIE", "job_exchanges", "event", TARGET_PLANNED, TARGET_EQ, 30,
     "Zorganizowanie 30 giełd pracy"},
    {"LUBUSKIE", "job_fairs", "event", TARGET_PLANNED, TARGET_EQ, 9, "9 targów pracy i edukacji"},
    {"LUBUSKIE", "disabled_programme", "person", TARGET_PLANNED, TARGET_EQ, 12,
     "programem objętych będzie 12 osób dobrowolnie uczestniczących"},
    {"LUBUSKIE", "pilot_excluded", "person", TARGET_PLANNED, TARGET_EQ, 8,
     "optymalnej dla projektu liczby osób - 8 uczestników"},
    {"LUBUSKIE", "courses", "course", TARGET_PLANNED, TARGET_EQ, 22,
     "Zorganizowanie 22 kursów zawodowych dla 260 osób"},
    {"LUBUSKIE", "course_people", "person", TARGET_PLANNED, TARGET_EQ, 260,
     "22 kursów zawodowych dla 260 osób"},
    {"LUBUSKIE", "workshops", "event", TARGET_PLANNED, TARGET_EQ, 12,
     "Zorganizowanie 12 warsztatów"},
    {"LUBUSKIE", "events_regional", "event", TARGET_PLANNED, TARGET_GE, 13,
     "min. 13 imprez wojewódzkich"},
    {"LUBUSKIE", "events_national", "event", TARGET_PLANNED, TARGET_EQ, 1,
     "1 imprezy ogólnopolskiej"},
    {"LUBUSKIE", "sport_events", "event", TARGET_PLANNED, TARGET_GE, 3,
     "min. 3 imprezy wojewódzkie"},
    {"LUBUSKIE", "programmes", "programme", TARGET_PLANNED, TARGET_GE, 4,
     "min. 4 programy wojewódzkie"},
    {"LUBUSKIE", "council_meetings", "event", TARGET_PLANNED, TARGET_GE, 2,
     "min. 2 spotkania Wojewódzkiej Rady (po 22 osób na jedno"},
    {"LUBUSKIE", "unit_council_meetings", "event", TARGET_PLANNED, TARGET_PER, 4,
     "po 4 spotkania Rad Młodzieży w każdej jednostce organizacyjnej"},
    {"LUBUSKIE", "club_meeting", "event", TARGET_PLANNED, TARGET_EQ, 1,
     "1 spotkanie wojewódzkie (ok. 22 osób)"},
    {"LUBUSKIE", "contest_people", "person", TARGET_PLANNED, TARGET_GE, 70,
     "weźmie udział min. 70 osób"},
    {"LUBUSKIE", "exchange_meetings", "event", TARGET_PLANNED, TARGET_GE, 11, "min. 11 spotkań"},
    {"LUBUSKIE", "exchange_people", "person", TARGET_PLANNED, TARGET_EQ, 220,
     "udział weźmie łącznie 220 osób z Polski i z zagranicy"},
    {"LUBUSKIE", "system_projects", "programme", TARGET_PLANNED, TARGET_GE, 2,
     "min. 2 projektów systemowych"},
    {"LUBUSKIE", "system_project_people", "person", TARGET_PLANNED, TARGET_APPROX, 120,
     "ok. 120 młodych osób (nie wzięto pod uwagę projektu „OHP"},
    {"LUBUSKIE", "social_contracts", "person", TARGET_PLANNED, TARGET_EQ, 12607,
     "objętych kontraktami socjalnymi – 12.607"},
    {"LUBUSKIE", "staff_qualified", "person", TARGET_PLANNED, TARGET_EQ, 440,
     "podnieśli swoje kwalifikacje w systemie pozaszkolnym – 440"},
    {"LUBUSKIE", "excluded_completed", "person", TARGET_PLANNED, TARGET_EQ, 4185,
     "które zakończyły udział w projektach – 4.185"},
    {"LUBUSKIE", "money_3.2.8", "PLN", TARGET_MONEY, TARGET_EQ, 8352700, "8.352,7 tys. zł"},
};

/* Plans that no source prints: they are those of another indicator, with its words. */
static const struct derived {
    const char *programme, *indicator, *from;
} derived[] = {{"ZMP", "people_trained", "people_without_job"}};

/* What the sources say besides: no indicators. */
static const struct context {
    const char *programme, *unit;
    enum target_op op;
    int64_t value;
    const char *words;
} contexts[] = {
    {"ZMP", "month", TARGET_EQ, 3, "okres stażu od 3 do 6 miesięcy"},
    {"ZMP", "region", TARGET_EQ, 3, "3 subregiony woj. podlaskiego"},
    {"ZMP", "entity", TARGET_EQ, 2, "Partnerami ponadnarodowymi są"},
    {"ZMP", "person", TARGET_NONE, 0, "osoby do 25 roku życia, po 45 roku życia oraz osoby"},
    {"ZMP", "date", TARGET_EQ, 0, "01.05.2011 – 31.12.2013"},
    {"JOBTOWN", "entity", TARGET_EQ, 11, "uczestniczy jedenaście europejskich miast"},
    {"JOBTOWN", "date", TARGET_EQ, 0, "Projekt JobTown zakończył się w maju 2015 r."},
    {"ABC", "entity", TARGET_EQ, 361, "Do konkursu zgłoszono 361 projektów"},
    {"ABC", "entity", TARGET_EQ, 16, "wyłoniono 16 najlepszych"},
    {"ABC", "date", TARGET_EQ, 0, "maj 2008 r. - 30 czerwca 2011 r."},
    {"LUBUSKIE", "person", TARGET_NONE, 0, "wśród osób w wieku 18-25 lat"},
    {"LUBUSKIE", "month", TARGET_EQ, 12, "przed upływem 12 miesięcy od zarejestrowania się"},
    {"LUBUSKIE", "percent", TARGET_EQ, 10, "w wysokości 10%"},
    {"LUBUSKIE", "entity", TARGET_EQ, 2, "w subregionie zielonogórskim i subregionie gorzowskim"},
};

static const struct shipped {
    const char *programme, *path;
    uint32_t partners, indicators;
    uint32_t beyond; /* indicators that no source has a figure of */
} shipped[] = {
    {"ABC", SOURCE_DIR "/config/programmes/abc.yaml", 3, 19, 0},
    {"ZMP", SOURCE_DIR "/config/programmes/zmp.yaml", 6, 14, 2},
    {"JOBTOWN", SOURCE_DIR "/config/programmes/jobtown.yaml", 11, 3, 0},
    {"LUBUSKIE", SOURCE_DIR "/config/programmes/lubuskie.yaml", 16, 60, 3},
};

enum {
    FIGURE_COUNT = sizeof figures / sizeof figures[0],
    DERIVED_COUNT = sizeof derived / sizeof derived[0],
    CONTEXT_COUNT = sizeof contexts / sizeof contexts[0],
    SHIPPED_COUNT = sizeof shipped / sizeof shipped[0]
};

static struct programme *programmes[SHIPPED_COUNT];

static int setup(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        struct buffer yaml = {0}, regions = {0};
        struct config_fault fault = {0};
        enum err err = programme_file_read(shipped[i].path, &yaml, &regions, &fault);
        if (err == ERR_OK) {
            err = programme_parse(buffer_bytes(&yaml), buffer_bytes(&regions), &programmes[i],
                                  &fault);
        }
        buffer_fini(&yaml);
        buffer_fini(&regions);
        if (err != ERR_OK) {
            print_error("%s:%u:%u: %s\n", shipped[i].path, fault.line, fault.column, fault.text);
            return -1;
        }
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        programme_free(&programmes[i]);
    }
    return 0;
}

static const struct programme *programme_of(const char *id)
{
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        if (bytes_is(programmes[i]->id, id)) {
            return programmes[i];
        }
    }
    fail_msg("no programme %s", id);
    return NULL;
}

static bool says(const struct target *target, const char *words)
{
    return target->words.size > 0 && target->source.size > 0 &&
           memmem(target->words.data, target->words.size, words, strlen(words)) != NULL;
}

static bool is_figure(const struct programme *programme, const struct target *target,
                      const struct figure *figure)
{
    return target->indicator != CODE_NONE && target->kind == figure->kind &&
           target->op == figure->op && target->value == 100 * figure->value &&
           bytes_is(programme->id, figure->programme) &&
           bytes_is(programme->indicators[target->indicator].id, figure->indicator) &&
           bytes_is(programme->indicators[target->indicator].unit, figure->unit) &&
           says(target, figure->words);
}

static void each_has_its_partners_and_indicators(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        assert_true(bytes_is(programmes[i]->id, shipped[i].programme));
        assert_int_equal(shipped[i].partners, programmes[i]->code_count[CODES_PARTNER]);
        assert_int_equal(shipped[i].indicators, programmes[i]->indicator_count);
    }
}

/* The budget of ZMP stands in two sources, with the words of each. */
static void every_figure_of_the_sources_stands_in_its_file_in_their_words(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < FIGURE_COUNT; i++) {
        const struct programme *programme = programme_of(figures[i].programme);
        uint32_t found = 0;
        for (uint32_t k = 0; k < programme->target_count; k++) {
            found += is_figure(programme, &programme->targets[k], &figures[i]) ? 1 : 0;
        }
        if (found != 1) {
            fail_msg("%s %s, \"%s\": %u times", figures[i].programme, figures[i].indicator,
                     figures[i].words, found);
        }
    }
}

static bool is_context(const struct programme *programme, const struct target *target,
                       const struct context *context)
{
    return target->kind == TARGET_CONTEXT && target->indicator == CODE_NONE &&
           target->op == context->op && target->value == 100 * context->value &&
           bytes_is(programme->id, context->programme) && bytes_is(target->unit, context->unit) &&
           says(target, context->words);
}

static void what_the_sources_say_besides_stands_there_as_context(void **state)
{
    uint32_t all = 0;
    (void)state;
    for (uint32_t i = 0; i < CONTEXT_COUNT; i++) {
        const struct programme *programme = programme_of(contexts[i].programme);
        uint32_t found = 0;
        for (uint32_t k = 0; k < programme->target_count; k++) {
            found += is_context(programme, &programme->targets[k], &contexts[i]) ? 1 : 0;
        }
        if (found != 1) {
            fail_msg("%s, \"%s\": %u times", contexts[i].programme, contexts[i].words, found);
        }
    }
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        for (uint32_t k = 0; k < programmes[i]->target_count; k++) {
            all += programmes[i]->targets[k].kind == TARGET_CONTEXT ? 1 : 0;
        }
    }
    assert_int_equal(CONTEXT_COUNT, all);
}

static bool is_derived(const struct programme *programme, const struct target *a,
                       const struct target *from)
{
    for (uint32_t i = 0; i < DERIVED_COUNT; i++) {
        if (bytes_is(programme->id, derived[i].programme) &&
            bytes_is(programme->indicators[a->indicator].id, derived[i].indicator) &&
            bytes_is(programme->indicators[from->indicator].id, derived[i].from)) {
            return a->kind == from->kind && a->op == from->op && a->value == from->value;
        }
    }
    return false;
}

/* How many targets have the words of another indicator. */
static uint32_t count_borrowed(const struct programme *programme)
{
    uint32_t borrowed = 0;
    for (uint32_t i = 0; i < programme->target_count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            const struct target *a = &programme->targets[i], *b = &programme->targets[k];
            const bool both = a->indicator != CODE_NONE && b->indicator != CODE_NONE;
            if (both && a->words.size > 0 && bytes_equal(a->words, b->words)) {
                assert_true(is_derived(programme, a, b) || is_derived(programme, b, a));
                borrowed++;
            }
        }
    }
    return borrowed;
}

static void only_derived_figures_have_the_words_of_another(void **state)
{
    uint32_t borrowed = 0;
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        borrowed += count_borrowed(programmes[i]);
    }
    assert_int_equal(DERIVED_COUNT, borrowed);
}

/* "None" may stand there besides: it is no figure. */
static void no_file_has_a_figure_that_no_source_has(void **state)
{
    uint32_t found = 0, none = 0;
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        for (uint32_t k = 0; k < programmes[i]->target_count; k++) {
            const struct target *target = &programmes[i]->targets[k];
            const bool figure = target->indicator != CODE_NONE && target->kind != TARGET_CONTEXT;
            found += figure && target->op != TARGET_NONE ? 1 : 0;
            none += figure && target->op == TARGET_NONE && target->words.size > 0 ? 1 : 0;
        }
    }
    assert_int_equal(FIGURE_COUNT, found + none);
    assert_int_equal(1, none);
}

static void every_indicator_but_a_few_has_a_figure(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        uint32_t without = 0;
        for (uint32_t k = 0; k < programmes[i]->indicator_count; k++) {
            bool known = false;
            for (uint32_t f = 0; f < FIGURE_COUNT; f++) {
                known = known || (bytes_is(programmes[i]->id, figures[f].programme) &&
                                  bytes_is(programmes[i]->indicators[k].id, figures[f].indicator));
            }
            without += known ? 0 : 1;
        }
        assert_int_equal(shipped[i].beyond, without);
    }
}

/* A plan that counts people and a result that counts entities are never one indicator. */
static void zmp_plans_people_and_reaches_entities_in_two_indicators(void **state)
{
    const struct programme *zmp = programme_of("ZMP");
    const uint32_t people = programme_indicator(zmp, bytes_text("partnership_people"));
    const uint32_t entities = programme_indicator(zmp, bytes_text("partnership_entities"));
    (void)state;
    for (uint32_t i = 0; i < zmp->target_count; i++) {
        const struct target *target = &zmp->targets[i];
        assert_false(target->indicator == people && target->kind == TARGET_ACHIEVED);
        assert_false(target->indicator == entities && target->kind == TARGET_PLANNED &&
                     target->op != TARGET_NONE);
    }
}

static void jobtown_counts_no_people(void **state)
{
    const struct programme *jobtown = programme_of("JOBTOWN");
    (void)state;
    for (uint32_t i = 0; i < jobtown->indicator_count; i++) {
        assert_false(bytes_is(jobtown->indicators[i].unit, "person"));
        assert_int_not_equal(SUBJECT_PERSON, jobtown->indicators[i].where.subject);
    }
}

static void lubuskie_has_priorities_goals_and_tasks(void **state)
{
    const struct programme *lubuskie = programme_of("LUBUSKIE");
    uint32_t by_depth[3] = {0};
    (void)state;
    for (uint32_t i = 0; i < lubuskie->code_count[CODES_TASK]; i++) {
        uint32_t depth = 0, number = i;
        while (lubuskie->codes[CODES_TASK][number].parent.size > 0) {
            number =
                programme_code(lubuskie, CODES_TASK, lubuskie->codes[CODES_TASK][number].parent);
            depth++;
        }
        assert_true(depth < 3);
        by_depth[depth]++;
    }
    assert_int_equal(2, by_depth[0]);
    assert_int_equal(5, by_depth[1]);
    assert_int_equal(19, by_depth[2]);
}

/* What they name is looked up in the programmes that include them: e2e.esf. */
static void included_files_have_the_shape_of_one(void **state)
{
    static const char *const paths[] = {SOURCE_DIR "/config/indicators/esf-2007-2013.yaml",
                                        SOURCE_DIR "/config/indicators/esf-2014-2020.yaml",
                                        SOURCE_DIR "/config/indicators/esf-2014-2020-yei.yaml",
                                        SOURCE_DIR "/config/indicators/esf-2021-2027.yaml"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct config_fault fault = {0};
        if (programme_included_check(paths[i], &fault) != ERR_OK) {
            fail_msg("%s:%u:%u: %s", paths[i], fault.line, fault.column, fault.text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_partners_and_indicators),
        cmocka_unit_test(every_figure_of_the_sources_stands_in_its_file_in_their_words),
        cmocka_unit_test(what_the_sources_say_besides_stands_there_as_context),
        cmocka_unit_test(only_derived_figures_have_the_words_of_another),
        cmocka_unit_test(no_file_has_a_figure_that_no_source_has),
        cmocka_unit_test(every_indicator_but_a_few_has_a_figure),
        cmocka_unit_test(zmp_plans_people_and_reaches_entities_in_two_indicators),
        cmocka_unit_test(jobtown_counts_no_people),
        cmocka_unit_test(lubuskie_has_priorities_goals_and_tasks),
        cmocka_unit_test(included_files_have_the_shape_of_one),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
