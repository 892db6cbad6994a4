package io.shardhold.lease.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.internal.partition.IPartition;
import com.hazelcast.internal.partition.IPartitionService;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.impl.AbstractDistributedObject;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which members have a copy of a record, as a member knows; no public interface of Hazelcast tells it. */
@FunctionalInterface
interface Copies {
    /**
     * The places that are asked to acknowledge a write, and the one that asks them.
     *
     * @param members how many hold data in the view; Hazelcast asks as many places of its table, the first, whoever
     *     is there
     */
    Set<Address> of(String name, int members);

    /** Null on a client, which only knows where the first copy is. */
    static @Nullable Copies of(IMap<String, Object> map) {
        if (!(map instanceof AbstractDistributedObject<?> object)) {
            return null;
        }
        IPartitionService partitions = object.getNodeEngine().getPartitionService();
        return (name, members) -> {
            IPartition partition = partitions.getPartition(partitions.getPartitionId(name));
            Set<Address> places = new LinkedHashSet<>();
            for (int i = 0; i < Math.min(members, IPartition.MAX_BACKUP_COUNT + 1); i++) {
                Address place = partition.getReplicaAddress(i);
                if (place != null) {
                    places.add(place);
                }
            }
            return places;
        };
    }
}
