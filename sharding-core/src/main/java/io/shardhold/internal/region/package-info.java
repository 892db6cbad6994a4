/** The region: where messages enter, are routed, parked and answered; which shards this node hosts. */
package io.shardhold.internal.region;
