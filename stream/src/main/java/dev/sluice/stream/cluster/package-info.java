// SPDX-License-Identifier: Apache-2.0
/**
 * Being a member of the cluster: {@link dev.sluice.stream.cluster.ClusterJoin} starts Hazelcast and a clustered Vert.x of one
 * configuration, {@link dev.sluice.stream.cluster.ClusterNode} is what one has then. All of it may be called from any
 * thread; what blocks (joining, leaving) does so on threads of its own. Strangers are kept out by a secret ({@code MemberSecret}, Hazelcast) and by
 * certificates ({@code BusTls}, the event bus).
 */
package dev.sluice.stream.cluster;
