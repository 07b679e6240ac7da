/* test_check_weight.c - limits of length and weight, by extrinsic, class and block, each at its border. */
#include "executive/check_weight.h"
#include "unit.h"

#include "system/system_constants.h"

#define FULL INVALID(EXHAUSTS_RESOURCES)

static struct dispatch_info info(uint8_t class, uint64_t time, uint64_t proof) {
    return (struct dispatch_info){{time, proof}, class, PAYS_YES};
}
static void put_size(uint32_t size) { system_BlockSize_put(&size); }
static per_class_weight used(void) {
    per_class_weight all;
    system_BlockWeight_get(&all);
    return all;
}
static uint32_t size(void) {
    uint32_t value;
    system_BlockSize_get(&value);
    return value;
}

static void length_by_class(void **state) {
    (void)state;
    static const uint32_t most[] = {NORMAL_MAX_LENGTH, MAX_BLOCK_LENGTH, MAX_BLOCK_LENGTH};
    assert_int_equal(NORMAL_MAX_LENGTH, 3932160);
    assert_int_equal(MAX_BLOCK_LENGTH, 5242880);
    for (uint8_t class = CLASS_NORMAL; class <= CLASS_MANDATORY; class++) {
        struct dispatch_info small = info(class, 1, 1);
        put_size(100);
        assert_int_equal(check_weight_validate(&small, most[class] - 100), VALID);
        assert_int_equal(check_weight_validate(&small, most[class] - 99), FULL);
        put_size(most[class]);
        assert_int_equal(check_weight_validate(&small, 0), VALID);
        assert_int_equal(check_weight_validate(&small, 1), FULL);
        put_size(UINT32_MAX);
        assert_int_equal(check_weight_validate(&small, UINT32_MAX), FULL);
    }
}

static void weight_of_one_extrinsic(void **state) {
    (void)state;
    /* 75 % of 2 s less 5 % for the block's beginning and the extrinsic's base; the same of the proof without a base. */
    const uint64_t time = 1500000000000 - 100000000000 - 108157000, proof = 7864320 - 524288;
    struct dispatch_info x = info(CLASS_NORMAL, time, proof - 5);
    assert_int_equal(check_weight_validate(&x, 5), VALID);
    assert_int_equal(check_weight_validate(&x, 6), FULL);
    x = info(CLASS_NORMAL, time + 1, 0);
    assert_int_equal(check_weight_validate(&x, 1), FULL);
    x = info(CLASS_NORMAL, 0, UINT64_MAX);
    assert_int_equal(check_weight_validate(&x, UINT32_MAX / 4096), FULL); /* saturates */
    x = info(CLASS_OPERATIONAL, 2000000000000 - 100000000000 - 108157000, 10485760 - 524288 - 1);
    assert_int_equal(check_weight_validate(&x, 1), VALID);
    x.call_weight.ref_time++;
    assert_int_equal(check_weight_validate(&x, 1), FULL);
    x = info(CLASS_MANDATORY, UINT64_MAX, UINT64_MAX);
    assert_int_equal(check_weight_validate(&x, 1), VALID);
}

static void a_class_fills_up(void **state) {
    (void)state;
    struct dispatch_info x = info(CLASS_NORMAL, 10, 20);
    per_class_weight all = {.normal = {1500000000000 - 108157000 - 10, 7864320 - 20 - 3}};
    system_BlockWeight_put(&all);
    put_size(7);
    assert_int_equal(check_weight_prepare(&x, 4), FULL);
    assert_int_equal(used().normal.proof_size, all.normal.proof_size);
    assert_int_equal(size(), 7);
    assert_int_equal(check_weight_prepare(&x, 3), VALID);
    assert_int_equal(used().normal.ref_time, 1500000000000);
    assert_int_equal(used().normal.proof_size, 7864320);
    assert_int_equal(size(), 10);
    all.normal.ref_time++;
    system_BlockWeight_put(&all);
    assert_int_equal(check_weight_prepare(&x, 3), FULL);
    all.normal = (weight){UINT64_MAX, 0};
    system_BlockWeight_put(&all);
    assert_int_equal(check_weight_prepare(&x, 3), FULL); /* overflow is no room */
    all.normal = (weight){0, UINT64_MAX};
    system_BlockWeight_put(&all);
    assert_int_equal(check_weight_prepare(&x, 3), FULL);
    /* Another class still has room. */
    x.class = CLASS_OPERATIONAL;
    all.normal = (weight){1500000000000, 0};
    system_BlockWeight_put(&all);
    assert_int_equal(check_weight_prepare(&x, 3), VALID);
    assert_int_equal(used().operational.ref_time, 108157010);
}

static void a_full_block_leaves_the_reserve(void **state) {
    (void)state;
    /* Over the block's total: normal extrinsics have no reserve, operational ones what normal can never use. */
    struct dispatch_info x = info(CLASS_NORMAL, 1, 1);
    per_class_weight all = {.mandatory = {2000000000000, 0}};
    system_BlockWeight_put(&all);
    assert_int_equal(check_weight_prepare(&x, 1), FULL);
    x = info(CLASS_OPERATIONAL, 500000000000 - 108157000, 1);
    assert_int_equal(check_weight_prepare(&x, 1), VALID);
    system_BlockWeight_put(&all);
    x.call_weight.ref_time++;
    assert_int_equal(check_weight_prepare(&x, 1), FULL);
    x = info(CLASS_OPERATIONAL, 1, 2621440 - 1);
    assert_int_equal(check_weight_prepare(&x, 1), VALID);
    system_BlockWeight_put(&all);
    assert_int_equal(check_weight_prepare(&x, 2), FULL);
    /* Exactly full is not over. */
    all.mandatory = (weight){2000000000000 - 108157000 - 1, 10485760 - 2};
    system_BlockWeight_put(&all);
    x = info(CLASS_NORMAL, 1, 1);
    assert_int_equal(check_weight_prepare(&x, 1), VALID);
    /* Mandatory has no limit and saturates. */
    all.mandatory = (weight){UINT64_MAX - 1, UINT64_MAX - 1};
    system_BlockWeight_put(&all);
    x = info(CLASS_MANDATORY, 9, 9);
    assert_int_equal(check_weight_prepare(&x, 1), VALID);
    assert_true(used().mandatory.ref_time == UINT64_MAX && used().mandatory.proof_size == UINT64_MAX);
}

static void unspent_weight_returns(void **state) {
    (void)state;
    struct dispatch_info x = info(CLASS_NORMAL, 100, 50);
    per_class_weight all = {{1000, 500}, {1000, 500}, {1000, 500}};
    struct dispatch ctx = {.has_actual = true, .actual = {40, 60}};
    system_BlockWeight_put(&all);
    check_weight_reclaim(&x, &ctx); /* more proof than declared counts as declared */
    assert_true(used().normal.ref_time == 940 && used().normal.proof_size == 500);
    ctx.has_actual = false;
    check_weight_reclaim(&x, &ctx);
    assert_true(used().normal.ref_time == 940);
    ctx = (struct dispatch){.has_actual = true, .actual = {100, 49}};
    x.class = CLASS_OPERATIONAL;
    check_weight_reclaim(&x, &ctx);
    assert_true(used().operational.ref_time == 1000 && used().operational.proof_size == 499);
    x.class = CLASS_MANDATORY;
    ctx.actual = (weight){0, 0};
    check_weight_reclaim(&x, &ctx);
    assert_true(used().mandatory.ref_time == 900 && used().mandatory.proof_size == 450);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(length_by_class, fresh),
        cmocka_unit_test_setup(weight_of_one_extrinsic, fresh),
        cmocka_unit_test_setup(a_class_fills_up, fresh),
        cmocka_unit_test_setup(a_full_block_leaves_the_reserve, fresh),
        cmocka_unit_test_setup(unspent_weight_returns, fresh),
    };
    return cmocka_run_group_tests_name("check_weight", tests, NULL, NULL);
}
