using KlaviyoExport.Web.Security;

namespace KlaviyoExport.Web.Tests.Security;

public sealed class RecoveryCodeHashTests
{
    [Fact]
    public void A_code_is_accepted_once_and_the_others_stay()
    {
        var kept = RecoveryCodeHashes.Parse(RecoveryCodeHashes.Of(["AAAAA-BBBBB", "CCCCC-DDDDD"], rounds: 3).ToString());

        Assert.Null(kept.Without("EEEEE-FFFFF"));
        var left = RecoveryCodeHashes.Parse(kept.Without("AAAAA-BBBBB")!.ToString());
        Assert.Equal((2, 1), (kept.Count, left.Count));
        Assert.Null(left.Without("AAAAA-BBBBB"));
        Assert.NotNull(left.Without("CCCCC-DDDDD"));
    }

    [Fact]
    public void Equal_codes_of_two_people_have_different_hashes()
    {
        var (one, another) = (RecoveryCodeHashes.Of(["AAAAA-BBBBB"], rounds: 3), RecoveryCodeHashes.Of(["AAAAA-BBBBB"], rounds: 3));

        Assert.NotEqual(one.ToString().Split(' ')[2], another.ToString().Split(' ')[2]);
    }

    [Fact]
    public void Without_codes_nothing_is_accepted() => Assert.Null(RecoveryCodeHashes.Parse("").Without("AAAAA-BBBBB"));
}
