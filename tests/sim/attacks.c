/* attacks.c - the list of attacks: what each one is, and why it does not pay. The texts go into docs/SECURITY.md. */
#include "attacks.h"

#define WITH(name) .prepare = prepare_##name, .play = play_##name

const struct attack attacks[] = {
    {"wash trading: every coalition of client, provider, delegator, model's owner, ancestors' owners, treasury", "minted <= 0.9 x burned in every epoch, for any roles",
     WITH(wash), 300, false, false},
    {"choosing the epoch in which a job is settled", "an epoch's budget is paid by its own burned fees alone, divided by all of them", WITH(late_settlement), 50, false, false},
    {"buying reputation by own jobs", "fees burn 9 % and pay 3 % to the treasury; at most 8.1 % comes back as emission; jobs below 1 NLR move nothing", WITH(reputation), 20, false, false},
    {"jobs of 0.01 NLR and up with amounts that never divide", "every division rounds against who is paid; what is left is burned or stays", WITH(tiny_jobs), 25, false, false},
    {"copying results: another's commitment, or another's revealed result", "a commitment is bound to job, seat and account; nothing is shown before all have committed or may not any more", WITH(copy), 60, false, false},
    {"guessing results in jobs with a majority quorum, the others honest", "the minority is unpaid and loses reputation", WITH(lazy), 60, false, false},
    {"guessing in jobs that fail otherwise, or need every seat", "at most the accept fee (1 % of a seat, at most 1 NLR), and reputation is lost", WITH(lazy_fee), 50, false, false},
    {"reporting more units than the others, in the tolerance profile", "units are the lower median of the winners'", WITH(inflate), 30, false, false},
    {"equivocation: a second commitment, another result than committed to", "refused; who then shows nothing loses the bond", WITH(equivocate), 40, false, false},
    {"not accepting, declining, not committing, not revealing", "no pay; strikes; a bond of a quarter of the seat (1 NLR at least) and a part of the stake from commit on", WITH(no_show), 60, false, false},
    {"withdrawing, freezing or deprecating the model under others' work", "from the offered seats on a job runs on pinned terms", WITH(owner_stops), 40, false, false},
    {"bait: the cheapest ask is never served", "three strikes are jail, 10 NLR and a day; the same asks are served later", WITH(bait), 40, true, false},
    {"bids that are not meant", "an unopened bid is a strike, an unaccepted seat too", WITH(junk_bids), 25, false, false},
    {"jobs with an input that nobody can fetch", "the lost bonds of others are burned, not the client's; accept fees are the client's own", WITH(fake_input), 40, false, false},
    {"a fault, and every way out before its slash", "who leaves stays liable for faults up to the epoch of leaving; no way out is open while a slash waits", WITH(run), 50, false, false},
    {"delegators who leave before a slash", "the same", WITH(front_run), 50, false, false},
    {"delegating just before a settlement", "what joins earns from the next epoch, and nobody joins while points wait", WITH(joiner), 30, false, false},
    {"bonding more just before a settlement", "a bond earns from the next epoch, too", WITH(late_bond), 30, false, false},
    {"thousands of small steps in and out of pools with crooked rates", "shares are minted and redeemed for the pool", WITH(rounding), 15, false, false},
    {"the same stake in five accounts that claim all the time", "claims round down", WITH(twin), 20, false, false},
    {"claiming twice, early, late, for others, all the time", "every claim is taken from a record that it deletes", WITH(storm), 40, false, false},
    {"bending a draw whose randomness is known: cancel, top up, asks, bonds, new providers", "seats depend on the seed and on asks that stood before it; the client cannot take the job back", WITH(grind), 40, false, false},
    {"naming others as payout, so that they count as one's family", "a family is owner and operator", WITH(shut_out), 20, false, false},
    {"evicting others' asks, filling their price class", "only dead asks can be evicted or swept; a class costs 64 bonds", WITH(eviction), 5, false, false},
    {"one stake under 2 to 20 names, against one account (income of one-seat jobs)", "weight is linear in stake up to the cap of 20 least bonds; chance is within 4 standard errors", WITH(split), 100, true, false},
    {"(control) honest work in the same games", "it must pay", WITH(honest), 30, false, true},
};
const uint32_t attack_count = COUNT_OF(attacks);
