using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Lists;

/// <summary>A member whose address was read, before anything is decided about it.</summary>
/// <param name="Profile">The profile, the address first.</param>
/// <param name="Address">The address as it was read.</param>
/// <param name="Hash">The keyed hash of the address. Meaningless when the address is invalid.</param>
internal readonly record struct AddressedProfile(Profile Profile, EmailReading Address, Hash16 Hash)
{
    /// <summary>Reads and hashes the address. Threads may do this at the same time.</summary>
    public static AddressedProfile Of(Profile profile, EmailHasher hasher)
    {
        var reading = EmailAddress.Read(profile.Values[0]);
        return new(profile, reading, reading.Address is { } email ? hasher.Hash(email) : default);
    }
}
