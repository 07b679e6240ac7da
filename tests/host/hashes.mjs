// The hash functions of a Substrate host, synchronous, on WebAssembly implementations where speed matters.
import { createBLAKE2b, createXXHash64 } from 'hash-wasm';
import { keccak_256 as keccak256, keccak_512 as keccak512 } from '@noble/hashes/sha3.js';
import { sha256 as sha2 } from '@noble/hashes/sha2.js';
import { concat } from './bytes.mjs';

const blake = {};
for (const bits of [64, 128, 256, 512]) blake[bits] = await createBLAKE2b(bits);
const xx = [];
for (let seed = 0; seed < 4; seed++) xx.push(await createXXHash64(seed));

const blake2 = bits => bytes => blake[bits].init().update(bytes).digest('binary');

export const blake2_64 = blake2(64);
export const blake2_128 = blake2(128);
export const blake2_256 = blake2(256);
export const blake2_512 = blake2(512);

/** XXH64 with one seed, as little-endian bytes (the library gives big-endian ones). */
const xxhash = (bytes, seed) => xx[seed].init().update(bytes).digest('binary').reverse();

export const twox_64 = bytes => xxhash(bytes, 0);
export const twox_128 = bytes => concat(xxhash(bytes, 0), xxhash(bytes, 1));
export const twox_256 = bytes => concat(twox_128(bytes), xxhash(bytes, 2), xxhash(bytes, 3));
export const keccak_256 = bytes => keccak256(bytes);
export const keccak_512 = bytes => keccak512(bytes);
export const sha2_256 = bytes => sha2(bytes);
