using KlaviyoExport.People;
using KlaviyoExport.Web.Security;

namespace KlaviyoExport.Web.Tests.Security;

public sealed class GuessablePasswordTests
{
    private static readonly AppUser Mirjana = new() { Email = "mirjana.kostic@kafana.example", DisplayName = "Mirjana Kostić" };

    [Theory]
    [InlineData("password1234")]
    [InlineData("Password2026!")]
    [InlineData("qwertyuiopas")]
    [InlineData("1q2w3e4r5t6y")]
    [InlineData("iloveyou1234")]
    [InlineData("P@ssw0rd1234")]
    [InlineData("abcdefghijkl")]
    [InlineData("abcabcabcabc")]
    [InlineData("123456789012")]
    [InlineData("mirjana.kostic")]
    [InlineData("Mirjana2026!")]
    [InlineData("klaviyoexport")]
    public async Task A_password_that_is_easy_to_guess_is_refused(string password) => Assert.False(await IsAcceptedAsync(password));

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("seven ravens over the brewery")]
    [InlineData("practice-makes-perfect")]
    [InlineData("nV7#kq2!Zp0d")]
    [InlineData("жути аутобус пева ноћу")]
    public async Task A_phrase_and_a_random_password_are_accepted(string password) => Assert.True(await IsAcceptedAsync(password));

    [Fact]
    public async Task A_very_long_password_is_judged_by_its_beginning() =>
        Assert.True(await IsAcceptedAsync(string.Concat(Enumerable.Range(0, 64).Select(index => (char)('!' + (index * 37 % 90))))));

    private static async Task<bool> IsAcceptedAsync(string password) =>
        (await new GuessablePasswords().ValidateAsync(null!, Mirjana, password)).Succeeded;
}
