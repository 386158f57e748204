using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.People.Tokens;

internal sealed class TokensMapping : IEntityTypeConfiguration<ApiToken>, IEntityTypeConfiguration<ApiRequest>
{
    private const int IdLength = 450;

    public void Configure(EntityTypeBuilder<ApiToken> builder)
    {
        builder.ToTable("ApiTokens");
        builder.HasOne<AppUser>().WithMany().HasForeignKey(token => token.OwnerId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(token => token.Name).HasMaxLength(60);
        builder.Property(token => token.Hash).HasMaxLength(32);
        builder.Property(token => token.Ending).HasMaxLength(4);
        builder.Property(token => token.Scopes).HasConversion<int>();
        builder.HasIndex(token => token.Hash).IsUnique();
        builder.HasIndex(token => new { token.OwnerId, token.Name }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ApiRequest> builder)
    {
        builder.ToTable("ApiRequests");
        builder.Property(request => request.OwnerId).HasMaxLength(IdLength);
        builder.Property(request => request.Key).HasMaxLength(255);
        builder.Property(request => request.Fingerprint).HasMaxLength(32);
        builder.Property(request => request.ContentType).HasMaxLength(100);
        builder.HasIndex(request => new { request.OwnerId, request.Key }).IsUnique();
        builder.HasIndex(request => request.At);
    }
}
