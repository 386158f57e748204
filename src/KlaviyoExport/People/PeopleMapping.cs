using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.People;

internal sealed class PeopleMapping : IEntityTypeConfiguration<AuditEntry>, IEntityTypeConfiguration<AppUser>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.HasIndex(entry => entry.At);
        builder.Property(entry => entry.Action).HasMaxLength(80);
    }

    public void Configure(EntityTypeBuilder<AppUser> builder) => builder.Property(user => user.DisplayName).HasMaxLength(100);
}
