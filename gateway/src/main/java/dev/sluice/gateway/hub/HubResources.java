// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.loop.EventLoop;
import dev.sluice.gateway.loop.FairTurns;
import dev.sluice.gateway.ops.HubMetrics;
import dev.sluice.gateway.replay.FrameEncoder;
import dev.sluice.stream.log.StreamLog;

/** What the parts of one hub share. */
record HubResources(
        EventLoop loop,
        FairTurns turns,
        StreamLog log,
        LogReads reads,
        HubOptions options,
        FrameEncoder encoder,
        HubMetrics metrics,
        TracedDeliveries traced) {}
