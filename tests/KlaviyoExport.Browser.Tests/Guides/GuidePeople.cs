namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>The people of a new installation.</summary>
internal static class GuidePeople
{
    public const string First = "Neus Nova";
    public const string FirstEmail = "neus@shop.example";
    public const string Second = "Ana Altra";
    public const string SecondEmail = "ana@shop.example";
    public const string Contributor = "Cora Costa";
    public const string ContributorEmail = "cora@shop.example";
    public const string Operator = "Otto Oliva";
    public const string OperatorEmail = "otto@shop.example";
    public const string Password = "three quiet rivers";
}
