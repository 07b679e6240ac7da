/* market.h - what people do in the market, honest or not: register models, serve, delegate, post jobs, and in the end
 * take out everything that is theirs. */
#ifndef NALAR_TESTS_SIM_MARKET_H
#define NALAR_TESTS_SIM_MARKET_H

#include "world.h"

/* --- models of the world, made by market_start: owner, ancestors --- */
enum {
    ROOT_MODEL = 1, /* by ROOT_OWNER, charges everything */
    CHILD_MODEL,    /* by CHILD_OWNER, 20 % to ROOT_MODEL */
    GRAND_MODEL,    /* by GRAND_OWNER, 10 % to CHILD_MODEL of which ROOT_MODEL has its part, 5 % to ROOT_MODEL */
    PLAIN_MODEL,    /* by PLAIN_OWNER, charges half of the model part */
    FREE_MODEL,     /* by FREE_OWNER, charges nothing */
    FUZZY_MODEL,    /* by FUZZY_OWNER, profile Tolerance */
    OTHER_MODEL,    /* by OTHER_OWNER, what the rest of the world uses */
    MODELS = OTHER_MODEL
};
/* Persons with a part of their own; the others are free for games. */
enum {
    ROOT_OWNER = 1,
    CHILD_OWNER,
    GRAND_OWNER,
    PLAIN_OWNER,
    FREE_OWNER,
    FUZZY_OWNER,
    OTHER_OWNER,
    OUTSIDER = 10, /* 8 providers of OTHER_MODEL, then their clients */
    OUTSIDERS = 8,
    OUTSIDE_CLIENT = 20,
    HONEST_CLIENT = 21, /* and the next */
    CRANK = 29,         /* turns what anybody may turn */
    HONEST = 30,        /* providers of a game */
    FRIEND = 60,        /* honest delegators */
    ROGUE = 100         /* who plays against the rest: ROGUE .. PEOPLE */
};
void market_start(void); /* models and outsiders */
int owner_of_model(uint64_t model);

/* --- providers --- */
/* Those that provide() made, who beat and bid for jobs; a game takes back what it added. */
extern int servers[PEOPLE];
extern uint32_t server_count;
struct offer {
    u128 bond;
    uint64_t model, price;
    uint32_t commission_ppb, min_units;
    uint16_t slots;
};
/* Registered, Active, with an ask that counts in draws from the next tick on. */
bool provide(int who, const struct offer *offer);
bool advertise(int who, uint64_t model, uint64_t price, uint32_t min_units);
void beat(int who); /* a heartbeat */
void beat_all(void);
uint32_t pool_of(int provider);
compute_provider provider_of(int who);
/* Present weight in draws. */
uint64_t weight_of(int who);

/* --- jobs --- */
struct order {
    uint64_t model, limit;
    jobs_mode mode;
    uint8_t n, q;
    uint32_t units, min_rep_ppm;
    uint64_t region_mask; /* 0: any */
    u128 tip;
    const int *allow; /* ascending persons */
    uint32_t allowed;
};
uint64_t post(int client, const struct order *order); /* the job, 0 when refused */
dispatch_result try_post(int client, const struct order *order);
jobs_job job_of(uint64_t job);
bool is_over(uint64_t job);
jobs_seat seat_of(uint64_t job, uint8_t seat);
int sitting(uint64_t job, uint8_t seat);      /* the seat's provider */
int seat_held_by(uint64_t job, int provider); /* the seat's number, -1 for none */
/* The relay parent that decides the job's draw, 0 when it is not there yet. */
uint32_t deciding_relay(uint64_t job);
/* Waits for the randomness and draws; true when the seats are offered. Sealed bids are opened by the bidders' conduct.
 */
bool draw_seats(uint64_t job);
/* All who ask for the model bid at their asks' price, then open the bids by conduct; time passes both deadlines. */
void bid_all(uint64_t job);

/* --- how a provider behaves, by person --- */
enum conduct {
    GOOD,
    GUESS,  /* any result */
    LIE,    /* a wrong result that all liars agree on */
    IGNORE, /* does not accept */
    DECLINE,
    NO_COMMIT,
    NO_REVEAL,
    SWAP,        /* commits to one result, shows another */
    RECOMMIT,    /* commits again to another result */
    COPY_COMMIT, /* commits to what another seat committed to, shows what that one shows */
    COPY_REVEAL, /* waits for another's result, commits and reveals then */
    NO_BID_REVEAL
};
extern uint8_t conduct[PEOPLE + 1];
/* Units that a GOOD provider reports; 0: as many as the job allows. */
extern uint32_t units_done;
extern uint32_t units_of[PEOPLE + 1]; /* of one provider; 0: as the others */
/* Plays a job from Offered to its end, everybody by conduct; silence lets deadlines pass. */
void serve(uint64_t job);
/* Seats of a Working job that commit, do; nobody waits for the rest. */
void commit_now(uint64_t job);
/* post, draw_seats, serve; the job, 0 when refused. */
uint64_t play_job(int client, const struct order *order);
/* Reveals `result` with the fingerprint of one who behaves like that. */
dispatch_result show(uint64_t job, uint8_t seat, int provider, const jobs_result *result, enum conduct how);
jobs_result result_of(uint64_t job, int provider, uint8_t seat, enum conduct how);
h256 commit_of(uint64_t job, uint8_t seat, int provider, const jobs_result *result);

/* --- the end: every job over, every line settled, every unit out that the people listed can get out --- */
void wind_down(const int *people, uint32_t count);
/* For strategies, between the steps of wind_down; NULL for none. */
extern void (*between_endings)(void);
/* Whether wind_down got everything out of Compute that was the person's; failed checks otherwise. */
bool has_nothing_left(int who);
/* Free balances and what is still due to them. */
u128 wealth_of(const int *people, uint32_t count);

#endif
