// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';

/**
 * The same cases in each run, so that whether a change is good does not hang on luck. To look for more:
 * `SLUICE_SEED=$RANDOM SLUICE_TAB_RUNS=100000 npm test`; a failure tells its seed.
 */
fc.configureGlobal({ seed: Number(process.env['SLUICE_SEED'] ?? 2026) });

export default fc;
