/* bid_fixture.h - sealed bids. */
#ifndef NALAR_TESTS_JOBS_BID_FIXTURE_H
#define NALAR_TESTS_JOBS_BID_FIXTURE_H

#include "jobs/jobs_fixture.h"

#include "commit/tagged.h"

enum { FIRST = FIRST_PROVIDER, BIDDERS = 8 };

UNUSED static int setup(void **state) {
    if (market_start(state))
        return -1;
    market_providers(BIDDERS);
    return 0;
}

UNUSED static bytes16 salt_of(int provider) { return (bytes16){{(uint8_t)provider, 3, 5}}; }

UNUSED static h256 seal(uint64_t id, int provider, uint64_t price, bytes16 salt) {
    uint8_t buffer[256];
    account_id who = person(provider);
    h256 hash;
    struct writer out = TAGGED(buffer, "deai/job/bid/1");
    write_u64(&out, id);
    write_raw(&out, who.at, 32);
    write_u64(&out, price);
    write_raw(&out, salt.at, 16);
    tagged_finish(hash.at, &out);
    return hash;
}

UNUSED static dispatch_result bid(uint64_t id, int provider, uint64_t price) {
    return JOB_RUN(provider, bid, .job = id, .commit = seal(id, provider, price, salt_of(provider)));
}
UNUSED static dispatch_result open_bid(uint64_t id, int provider, uint64_t price) {
    return JOB_RUN(provider, reveal_bid, .job = id, .price = price, .salt = salt_of(provider));
}
#define BIDS(id, provider, price) assert_int_equal(bid(id, provider, price), DISPATCH_OK)
#define OPENS(id, provider, price) assert_int_equal(open_bid(id, provider, price), DISPATCH_OK)

UNUSED static int sitting(uint64_t id, uint8_t number) {
    jobs_seat seat = seat_of(id, number);
    return person_number(&seat.provider);
}

UNUSED static void set_record(int provider, compute_provider record) {
    account_id who = person(provider);
    compute_Providers_put(&who, &record);
}

#endif
