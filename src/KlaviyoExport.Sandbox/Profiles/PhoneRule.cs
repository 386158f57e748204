namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>E.164: a plus sign, a country code that does not start with 0, and 7 to 15 digits in total.</summary>
internal static class PhoneRule
{
    public static bool IsValid(string phone) =>
        phone.Length is >= 8 and <= 16 && phone[0] == '+' && phone[1] != '0' && phone.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
