-- One version in 32 by its key, so that a row of long ago is found in a few steps back from the next of them. Which ones
-- is by chance of the position: multiplied by 2^32 over the golden ratio, of 32 bits the lowest part in 32.
CREATE INDEX version_mark ON version (tenant, tbl, key, until_seq)
    WHERE ((until_seq & 2147483647) * 2654435769 & 4294967295) < 134217728;
