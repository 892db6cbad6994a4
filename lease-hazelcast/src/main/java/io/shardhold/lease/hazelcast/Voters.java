package io.shardhold.lease.hazelcast;

import com.hazelcast.cluster.Member;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The members that may decide, by name, fixed for all.
 *
 * <p>Implementation note. Counting members is no majority once members may be added on both sides of a split: two of
 * three can be reached on either side. Names are: of a fixed list, two sides cannot both have the majority. Members
 * count only if they carry the same list, so that while a list is changed by one name, member after member, the
 * majorities of the old and of the new one still have a member in common, which counts for one of them.
 */
final class Voters {
    static final int LEAST = 3;
    static final int MOST = 7;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,100}");

    private final Set<String> names;

    /** @throws IllegalArgumentException naming the bad value and the allowed range */
    Voters(Collection<String> names) {
        this.names = new TreeSet<>(names);
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "the name of a voter must be 1 to 100 of letters, digits, '.', '_', ':', '-', was '" + name
                                + "'");
            }
        }
        if (this.names.size() != names.size()) {
            throw new IllegalArgumentException("voters must have names of their own, were " + names);
        }
        if (names.size() < LEAST || names.size() > MOST) {
            throw new IllegalArgumentException("voters must be " + LEAST + " to " + MOST + ", were " + names.size()
                    + ": " + names + "; fewer survive no failure, and a map of Hazelcast has no more than " + MOST
                    + " replicas");
        }
    }

    /** From the attribute of a member. */
    static Voters parse(String list) {
        return new Voters(List.of(list.split(",", -1)));
    }

    /** As the attribute of a member: the same list is the same text. */
    String text() {
        return String.join(",", names);
    }

    boolean contains(String name) {
        return names.contains(name);
    }

    int majority() {
        return names.size() / 2 + 1;
    }

    /**
     * Why these members must not decide; null if they may. Lite members have no data and do not count. One without the
     * configuration hinders all: it would write with fewer copies and without the protection, and merge by another rule.
     */
    @Nullable
    String problem(Collection<? extends Member> members) {
        Set<String> present = new TreeSet<>();
        int dataMembers = 0;
        for (Member member : members) {
            if (member.isLiteMember()) {
                continue;
            }
            dataMembers++;
            String list = member.getAttribute(HazelcastLeaseConfig.VOTERS_ATTRIBUTE);
            if (list == null) {
                return "the member at " + member.getAddress() + " has no " + HazelcastLeaseConfig.VOTERS_ATTRIBUTE
                        + ", so it is not configured for leases but may get their records: configure every member"
                        + " that holds data";
            }
            String name = member.getAttribute(HazelcastLeaseConfig.VOTER_ATTRIBUTE);
            if (name != null && names.contains(name) && text().equals(list) && !present.add(name)) {
                return "two members are called '" + name + "': give each its own "
                        + HazelcastLeaseConfig.VOTER_ATTRIBUTE;
            }
        }
        if (dataMembers > MOST) {
            return dataMembers + " members hold data, but a record is on " + MOST
                    + " at most: let the others be lite members or clients";
        }
        if (present.size() < majority()) {
            return "of the voters " + names + " only " + present + " are in sight, " + majority() + " are needed";
        }
        return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Voters voters && names.equals(voters.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return names.toString();
    }
}
