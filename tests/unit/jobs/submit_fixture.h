/* submit_fixture.h - one provider, and specs that are refused or taken. */
#ifndef NALAR_TESTS_JOBS_SUBMIT_FIXTURE_H
#define NALAR_TESTS_JOBS_SUBMIT_FIXTURE_H

#include "jobs/jobs_fixture.h"

#include "commit/tagged.h"

enum { SERVER = FIRST_PROVIDER };

UNUSED static int setup(void **state) {
    if (market_start(state))
        return -1;
    market_providers(1);
    return 0;
}

UNUSED static uint32_t open_of(int n) {
    uint32_t open;
    account_id who = person(n);
    jobs_ByClient_get(&who, &open);
    return open;
}

UNUSED static dispatch_result submit(jobs_spec spec) { return submit_as(CLIENT, &spec, need_of(&spec)); }
#define REFUSED(error, spec) assert_int_equal(submit(spec), JOBS_ERROR(error))
#define ACCEPTED(spec) assert_int_equal(submit(spec), DISPATCH_OK)

UNUSED static uint32_t spec_len(const jobs_spec *spec) {
    uint8_t buffer[2048];
    struct writer out = writer_over(buffer, sizeof buffer);
    scale_encode(&jobs_spec_type, spec, &out);
    return writer_len(&out);
}

#endif
