#include "tools/demo_news.h"

#include <assert.h>
#include <stdio.h>

enum { FILE_BYTES_MAX = 1 << 16, PEOPLE_MAX = 3, DAY_FIRST = 120, DAYS = 120 };

static enum err put_person(const struct demo_programme_news *news, const char *stem, int32_t day,
                           const struct demo_people_person *person, struct buffer *out)
{
    char enrolment[DEMO_OFFICE_KEY_BYTES], start[DEMO_OFFICE_KEY_BYTES];
    struct demo_office_row row = {.key = enrolment,
                                  .kind = "enrolled",
                                  .occurred_on = day,
                                  .task = news->task,
                                  .region = news->region,
                                  .person = person,
                                  .status = news->status,
                                  .flags = news->flags};
    snprintf(enrolment, sizeof enrolment, "%s/E", stem);
    snprintf(start, sizeof start, "%s/S", stem);
    const enum err err = demo_office_row(news->office, &row, out);
    row.key = start;
    row.kind = "started";
    row.support = news->support;
    row.status = NULL;
    row.flags = NULL;
    return err == ERR_OK ? demo_office_row(news->office, &row, out) : err;
}

enum err demo_news_make(const struct demo_programme *programme, uint32_t number,
                        struct demo_news *out)
{
    assert(programme->news_count > 0);
    const struct demo_programme_news *news = &programme->news[number % programme->news_count];
    struct demo_people_dice dice = {.state = programme->plan.seed + 1 + number};
    struct demo_people_person people[PEOPLE_MAX];
    const uint32_t count = 1 + demo_people_roll(&dice, PEOPLE_MAX);
    const int32_t day = date_days(programme->plan.starts_on) + DAY_FIRST + (int32_t)(number % DAYS);
    struct demo_people_kind kind = programme->plan.people;
    if (news->born_last > 0) {
        kind.born_first = news->born_first;
        kind.born_last = news->born_last;
    }
    demo_people_make(&dice, &kind, people, count);
    out->partner = programme->plan.partners[news->office];
    snprintf(out->name, sizeof out->name, "biezace_%06u.csv", number + 1);
    out->text.bytes_max = FILE_BYTES_MAX;
    buffer_clear(&out->text);
    enum err err = demo_office_header(news->office, &out->text);
    for (uint32_t i = 0; err == ERR_OK && i < count; i++) {
        char stem[DEMO_OFFICE_KEY_BYTES - 2];
        snprintf(stem, sizeof stem, "B%06u/%u", number + 1, i + 1);
        err = put_person(news, stem, day, &people[i], &out->text);
    }
    return err;
}
