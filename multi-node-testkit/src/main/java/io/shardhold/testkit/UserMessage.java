package io.shardhold.testkit;

/**
 * One message on its way to an entity.
 *
 * @param sender name of the node at which it entered
 * @param process number of the process at which it entered, different for each start of each node
 * @param type name of the entity type
 * @param shard index of the shard
 * @param entityId to whom
 * @param sequence order among all messages of that process to that shard, from 1
 */
public record UserMessage(String sender, int process, String type, int shard, String entityId, long sequence) {
    @Override
    public boolean equals(Object other) {
        return other instanceof UserMessage that
                && process == that.process
                && shard == that.shard
                && sequence == that.sequence
                && type.equals(that.type);
    }

    @Override
    public int hashCode() {
        long mixed = (process * 31L + shard) * 0x9e3779b97f4a7c15L + sequence * 0xbf58476d1ce4e5b9L;
        return (int) (mixed >>> 32);
    }

    @Override
    public String toString() {
        return "message " + sequence + " of " + sender + " to " + type + " '" + entityId + "' (shard " + shard + ")";
    }
}
