------------------------------ MODULE Serving ------------------------------
(***************************************************************************)
(* The right to serve and the verdict, while terms and seats change as in  *)
(* Seats. One member serves one shard by the consents that it collects;    *)
(* the entry "place" of Seats is its status: as written by the founder it  *)
(* is up, anything later is its verdict.                                   *)
(*                                                                         *)
(* There is no clock. All that is known of time is this: when the wait is  *)
(* over, no consent counts any more that answers a probe sent before the   *)
(* wait began. Consents of before are therefore not even kept, unless the  *)
(* guard is out that ends them. The others last for ever, and a seat gives *)
(* its consent whenever it may: a member with more consents can do all     *)
(* that one with fewer can.                                                *)
(***************************************************************************)
EXTENDS Seats

CONSTANTS
    VerdictEndsConsent,     \* a seat that has accepted the verdict consents no more
    ConsentBound,           \* consents add up within one configuration only
    WaitAfterVerdict        \* the shard is placed again after the wait, counted from the sending of probes

VARIABLES
    consents,   \* what the member has: who consented under the number of which configuration
    moved       \* whether the shard was given to another member, which serves it for ever

servingVars == <<consents, moved>>

Up == FirstStore.place.val

Consenting(h) ==
    /\ store[h].seats.val.who[h[1]] = h[2]
    /\ store[h].place.val = Up \/ ~VerdictEndsConsent

GivenNow == {<<h, store[h].seats.val.id>> : h \in {g \in Holders : Consenting(g)}}

\* A coordinator knows that the verdict is on a quorum, waits, and places the shard again. It need not even be in office
\* any more at the end of the wait: a directive may leave late.
PlaceAgain(c) ==
    /\ ~moved
    /\ Active(c)
    /\ \E n \in 1..Len(stream[c]) :
        stream[c][n].key = "place" /\ stream[c][n].val # Up /\ Committed(c, n)
    /\ moved' = TRUE
    /\ consents' = IF WaitAfterVerdict THEN GivenNow ELSE consents
    /\ UNCHANGED vars

ServingInit == Init /\ moved = FALSE /\ consents = IF WaitAfterVerdict THEN {} ELSE GivenNow

ServingNext ==
    \/ Next /\ UNCHANGED moved /\ consents' = IF moved \/ ~WaitAfterVerdict THEN consents \cup GivenNow' ELSE {}
    \/ \E c \in Cands : PlaceAgain(c)

ServingSpec == ServingInit /\ [][ServingNext]_<<vars, servingVars>>

Configurations ==
    {FirstCfg} \cup UNION {{stream[c][n].val : n \in {i \in 1..Len(stream[c]) : stream[c][i].key = "seats"}} : c \in Cands}

\* A right that was earned under one configuration stays good when the member, or a seat, has met a newer one.
Right ==
    \E k \in Configurations :
        LET consented(h) == \E t \in consents : t[1] = h /\ (ConsentBound => t[2] = k.id)
        IN Enough(consented, k, TRUE)

\* The shard has one home: where it was, the right to serve is over for good.
OneHome == moved => ~Right
=============================================================================
