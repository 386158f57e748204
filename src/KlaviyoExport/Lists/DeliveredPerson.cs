using KlaviyoExport.Runs;

namespace KlaviyoExport.Lists;

/// <summary>A person whom an export has delivered, in little memory.</summary>
/// <param name="Hash">The keyed hash of the address.</param>
/// <param name="Fingerprint">The hash of the profile. All bits are 0 when it is not certain that it has arrived.</param>
/// <param name="Email">The encrypted address. Null when it is not stored.</param>
internal readonly record struct DeliveredPerson(Hash16 Hash, Hash16 Fingerprint, byte[]? Email)
{
    /// <summary>Returns the people of a batch in the order of their key.</summary>
    /// <param name="rows">The profiles as they were sent.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="mode">The address is stored in mirror mode only.</param>
    /// <param name="areCertain">False when Klaviyo did not report for each profile whether it arrived.</param>
    public static DeliveredPerson[] Of(IEnumerable<BatchRow> rows, AddressKeys keys, SyncMode mode, bool areCertain)
    {
        DeliveredPerson[] people =
        [
            .. rows.Select(row => new DeliveredPerson(
                keys.Hasher.Hash(row.Email),
                !areCertain ? default
                    : row.PreparedHash is { } prepared ? Hash16.Take(prepared)
                    : Hash16.OfContent(row.Json),
                mode == SyncMode.Mirror ? keys.Cipher.Encrypt(row.Email) : null
            )),
        ];
        Array.Sort(people, (one, other) => one.Hash.High.CompareTo(other.Hash.High));
        return people;
    }
}
