// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

/**
 * What one of some nodes has to bear.
 *
 * @param sessions open at it
 * @param streams it holds
 * @param bufferBytes of events that it keeps of them, for clients that come back
 * @param memoryBytes it needs, the kernel's for sockets included
 * @param cores it keeps busy
 * @param outBitsPerSecond to clients and other nodes
 * @param inBitsPerSecond from other nodes and publishers
 */
public record NodeLoad(
        double sessions,
        double streams,
        double bufferBytes,
        double memoryBytes,
        double cores,
        double outBitsPerSecond,
        double inBitsPerSecond) {

    /** Which of a node's means it uses most of, and how much: 1 is all that may be used. */
    double share(NodeSize size) {
        return Math.max(memoryShare(size), Math.max(coreShare(size), networkShare(size)));
    }

    double memoryShare(NodeSize size) {
        return memoryBytes / (size.memoryBytes() * size.utilisation());
    }

    double coreShare(NodeSize size) {
        return cores / (size.cores() * size.utilisation());
    }

    double networkShare(NodeSize size) {
        return Math.max(outBitsPerSecond, inBitsPerSecond) / (size.bitsPerSecond() * size.utilisation());
    }

    /** What would run out first. */
    public String limit(NodeSize size) {
        double most = share(size);
        if (most == memoryShare(size)) {
            return "memory";
        }
        return most == coreShare(size) ? "CPU" : "network";
    }
}
